/** The characters a source's labels need. */

import type { FeatureCollection } from 'geojson';

const digits = '0123456789.kmM ';

/** Every distinct character of the features' names, with the figures that counts need; empty for no features. */
export function labelTexts(data: FeatureCollection): string {
  if (data.features.length === 0) return '';
  const characters = new Set<string>(digits);
  for (const feature of data.features) {
    const name: unknown = feature.properties?.['name'];
    if (typeof name === 'string') for (const character of name) characters.add(character);
  }
  return [...characters].join('');
}
