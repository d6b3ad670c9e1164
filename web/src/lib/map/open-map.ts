/** Opens a MapLibre map with its worker served by us. Loaded when a map is first shown. */

import { Map, setWorkerUrl, type StyleSpecification } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';

setWorkerUrl(new URL(workerUrl, document.baseURI).href);

/** The map, or null where the browser has no WebGL. North stays up: names stay level and bearings stay honest. */
export function openMap(
  container: HTMLElement,
  style: StyleSpecification,
  bounds: readonly [number, number, number, number],
): Map | null {
  const probe = document.createElement('canvas').getContext('webgl2');
  if (probe === null) return null;
  probe.getExtension('WEBGL_lose_context')?.loseContext();
  const map = new Map({
    container,
    style,
    bounds: [...bounds],
    fitBoundsOptions: { padding: 40 },
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    localIdeographFontFamily: "'Noto Sans JP Variable', sans-serif",
    maxZoom: 18,
    minZoom: 8,
    fadeDuration: 0,
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  return map;
}
