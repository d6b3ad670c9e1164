import { describe, expect, test } from 'vitest';
import type { Text } from '$lib/i18n/words';
import {
  aircraftFeatures,
  boundaryFeatures,
  circle,
  corridorFeatures,
  fenceFeatures,
  namedFeatures,
  pictureFeatures,
  placeFeatures,
  routeFeatures,
  type AircraftAt,
} from '$lib/map/features';
import { labelTexts } from '$lib/map/labels';
import { barLength, metresPerPixel, scaleBar } from '$lib/map/scale';

const say = (text: Text): string => text.ja;

const aircraft: AircraftAt = {
  id: 'kakehashi-1',
  name: { ja: 'かけはし1号', en: 'Kakehashi 1' },
  lonDeg: 133.25,
  latDeg: 34.7,
  headingDeg: 45,
  groundspeedMps: 10,
  atS: 1000,
  airborne: true,
  link: 'fresh',
};

const iconAt = (nowS: number, change: Partial<AircraftAt> = {}) =>
  aircraftFeatures([{ ...aircraft, ...change }], nowS, say).features[0]?.properties;

describe('aircraft symbol', () => {
  test('is filled with a heading while fresh and grey when late', () => {
    expect(iconAt(1001)).toMatchObject({ icon: 'aircraft-fresh', heading: 45 });
    expect(iconAt(1005)).toMatchObject({ icon: 'aircraft-stale', heading: 45 });
  });

  test('is hollow without a heading once older than 10 s or silent', () => {
    expect(iconAt(1011)).toMatchObject({ icon: 'aircraft-old-round', heading: 0 });
    expect(iconAt(1001, { link: 'lost' })).toMatchObject({ icon: 'aircraft-old-round', heading: 0 });
  });

  test('shows no direction that nobody knows', () => {
    expect(iconAt(1001, { headingDeg: null })).toMatchObject({ icon: 'aircraft-fresh-round' });
  });
});

describe('corridor of a silent aircraft', () => {
  const reach = (nowS: number, change: Partial<AircraftAt> = {}) =>
    corridorFeatures([{ ...aircraft, ...change }], nowS).features[0]?.properties?.['reach_m'] as number | undefined;

  test('there is none while it is heard or on the ground', () => {
    expect(reach(1002)).toBeUndefined();
    expect(reach(1060, { airborne: false })).toBeUndefined();
  });

  test('grows with the silence, up to a limit', () => {
    expect(reach(1020)).toBeCloseTo(200);
    expect(reach(1040)).toBeCloseTo(400);
    expect(reach(100_000)).toBe(8000);
  });
});

test('a circle closes and has its radius', () => {
  const ring = circle(133, 34, 1000).coordinates[0] ?? [];
  expect(ring[0]).toEqual(ring.at(-1));
  expect(((ring[0]?.[1] ?? 0) - 34) * 111_320).toBeCloseTo(1000, 3);
});

test('the chosen place is marked and names follow the language', () => {
  const place = { id: 'a', kind: 'depot', name: { ja: '拠点', en: 'Depot' }, lon_deg: 1, lat_deg: 2, ground_amsl_m: 0, detail: {} };
  expect(placeFeatures([place], say, 'a').features[0]?.properties).toMatchObject({ name: '拠点', chosen: true, rank: 0 });
});

test('names of areas are taken from their own fields, and a missing collection is empty', () => {
  const given = {
    type: 'FeatureCollection',
    features: [{ type: 'Feature', geometry: { type: 'Point', coordinates: [1, 2] }, properties: { name_ja: '飛行禁止' } }],
  };
  expect(namedFeatures(given, say).features[0]?.properties).toMatchObject({ name: '飛行禁止' });
  expect(namedFeatures(null, say).features).toEqual([]);
});

test('the way home is told from the way out', () => {
  const leg = { number: 1, phase: 'outbound', start: [1, 2, 3], end: [4, 5, 6] };
  const [out, home] = routeFeatures([leg, { ...leg, number: 2, phase: 'return' }], 2).features;
  expect(out?.properties).toMatchObject({ home: false, chosen: false });
  expect(home?.properties).toMatchObject({ home: true, chosen: true });
  expect(out?.geometry).toEqual({ type: 'LineString', coordinates: [[1, 2], [4, 5]] });
});

test('a fence of fewer than three corners is no fence; otherwise it closes', () => {
  expect(fenceFeatures([[1, 2], [3, 4]]).features).toEqual([]);
  const [fence] = fenceFeatures([[1, 2], [3, 4], [5, 6]]).features;
  expect(fence?.geometry).toMatchObject({ coordinates: [[1, 2], [3, 4], [5, 6], [1, 2]] });
});

test('pictures without a place are left out of the map', () => {
  const features = pictureFeatures([{ id: 'a', lon_deg: 1, lat_deg: 2, state: 'thumbnail' }, { id: 'b', lon_deg: null }], 'a');
  expect(features.features.map((feature) => feature.properties)).toEqual([{ id: 'a', whole: false, chosen: true }]);
});

test('a boundary may come bare, as a feature or as a collection', () => {
  const shape = { type: 'Polygon', coordinates: [] };
  const feature = { type: 'Feature', geometry: shape, properties: {} };
  for (const given of [shape, feature, { type: 'FeatureCollection', features: [feature] }]) {
    expect(boundaryFeatures(given).features[0]?.geometry).toEqual(shape);
  }
  expect(boundaryFeatures({}).features).toEqual([]);
});

test('the letters that labels need are gathered once', () => {
  const data = placeFeatures(
    [{ id: 'a', kind: 'depot', name: { ja: '高高室', en: '' }, lon_deg: 1, lat_deg: 2, ground_amsl_m: 0, detail: {} }],
    say,
  );
  expect([...labelTexts(data)].filter((letter) => letter === '高')).toHaveLength(1);
});

describe('scale bar', () => {
  test('is a round length that fits', () => {
    expect(scaleBar(7.3, 110)).toMatchObject({ metres: 500 });
    expect(scaleBar(10, 100).metres).toBe(1000);
    expect(scaleBar(0.9, 110).widthPx).toBeLessThanOrEqual(110);
  });

  test('a pixel is as long as the projection says', () => {
    expect(metresPerPixel(0, 0)).toBeCloseTo(78_271.5, 0);
    expect(metresPerPixel(10, 60)).toBeCloseTo(metresPerPixel(11, 0), 3);
  });

  test('reads in metres or kilometres', () => {
    expect([barLength(500), barLength(2000)]).toEqual(['500 m', '2 km']);
  });
});
