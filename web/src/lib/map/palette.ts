/** Colours of the map for each theme, by meaning. */

import type { Theme } from '../theme/theme.svelte';

export interface MapPalette {
  readonly background: string;
  readonly text: string;
  readonly halo: string;
  readonly contour: string;
  readonly road: string;
  readonly roadCase: string;
  readonly river: string;
  readonly boundary: string;
  readonly normal: string;
  readonly done: string;
  readonly attention: string;
  readonly act: string;
  readonly unknown: string;
  readonly surface: string;
  readonly relief: { readonly opacity: number; readonly saturation: number; readonly hueDeg: number; readonly dark: number; readonly bright: number };
}

const day: MapPalette = {
  background: '#dfe5e0',
  text: '#16202b',
  halo: '#ffffff',
  contour: '#8a7350',
  road: '#ffffff',
  roadCase: '#77808a',
  river: '#3f8fc0',
  boundary: '#5a4b6e',
  normal: '#0072b2',
  done: '#009e73',
  attention: '#e69f00',
  act: '#d55e00',
  unknown: '#6b7280',
  surface: '#ffffff',
  relief: { opacity: 1, saturation: 0, hueDeg: 0, dark: 0, bright: 1 },
};

const sunlight: MapPalette = {
  ...day,
  background: '#ffffff',
  text: '#000000',
  contour: '#6b5530',
  roadCase: '#30363c',
  river: '#005a94',
  boundary: '#33264a',
  normal: '#00497a',
  done: '#00553e',
  attention: '#b87800',
  act: '#8c3500',
  unknown: '#3c4149',
  relief: { opacity: 0.8, saturation: -0.7, hueDeg: 0, dark: 0.15, bright: 1 },
};

const night: MapPalette = {
  background: '#120906',
  text: '#e3b193',
  halo: '#160b07',
  contour: '#6b3f2a',
  road: '#8a5941',
  roadCase: '#2a160e',
  river: '#6a4a4a',
  boundary: '#8a5a6a',
  normal: '#e08a5a',
  done: '#c4ad78',
  attention: '#e2ab4c',
  act: '#ff5a2c',
  unknown: '#94796b',
  surface: '#1b0f0a',
  relief: { opacity: 0.55, saturation: 0.2, hueDeg: 310, dark: 0, bright: 0.5 },
};

export const palettes: Readonly<Record<Theme, MapPalette>> = { day, sunlight, night };
