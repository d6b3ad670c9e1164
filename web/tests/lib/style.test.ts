import { validateStyleMin } from '@maplibre/maplibre-gl-style-spec';
import { expect, test } from 'vitest';
import { sourceNames } from '$lib/map/features';
import { palettes } from '$lib/map/palette';
import { mapStyle } from '$lib/map/style';

const tiles = { relief: 'http://127.0.0.1/relief/{z}/{x}/{y}.png', contour: 'http://127.0.0.1/contour/{z}/{x}/{y}.mvt' };

test.each(['day', 'sunlight', 'night'] as const)('the %s style is valid and asks for no letters from outside', (theme) => {
  const style = mapStyle(palettes[theme], tiles);
  expect(validateStyleMin(style).map((error) => error.message)).toEqual([]);
  expect(style.glyphs).toBeUndefined();
  expect(style.sprite).toBeUndefined();
});

test('every source of state is in the style, and every layer has its source', () => {
  const style = mapStyle(palettes.day, tiles);
  expect(Object.keys(style.sources)).toEqual(expect.arrayContaining([...sourceNames]));
  for (const layer of style.layers) {
    if ('source' in layer) expect(style.sources).toHaveProperty(String(layer.source));
  }
});

test('the aircraft is drawn above all else', () => {
  expect(mapStyle(palettes.day, tiles).layers.at(-1)?.id).toBe('aircraft');
});
