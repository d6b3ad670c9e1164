import { expect, test } from 'vitest';
import { bearingDeg, boxOf, boxRound, compassPoint, distanceM, moved, viewWedge } from '../../src/town/geodesy';
import { direction, placeName } from '../../src/town/place-name';
import { deliveryRoutes, turnIndex } from '../../src/town/routes';
import { aircraftAt, isInAir } from '../../src/town/aircraft';
import { delivery, town, vehicle } from './made';

test('distance and bearing agree with moving there', () => {
  for (const toward of [0, 45, 137, 270, 359]) {
    const [lon, lat] = moved(133.25, 34.75, toward, 2000);
    expect(distanceM(133.25, 34.75, lon, lat)).toBeCloseTo(2000, -1);
    expect(bearingDeg(133.25, 34.75, lon, lat)).toBeCloseTo(toward, 0);
  }
});

test('eight directions, north on both sides of 360', () => {
  expect([0, 22, 23, 90, 180, 337, 338, -10].map(compassPoint)).toEqual([0, 0, 1, 2, 4, 7, 0, 0]);
  expect(direction(225).ja).toBe('南西');
});

test('a view opens from the camera toward where it looks', () => {
  const ring = viewWedge(133.25, 34.75, 90, 100).coordinates[0] ?? [];
  expect(ring[0]).toEqual([133.25, 34.75]);
  expect(ring.at(-1)).toEqual(ring[0]);
  const middle = ring[5] ?? [0, 0];
  expect(bearingDeg(133.25, 34.75, middle[0] ?? 0, middle[1] ?? 0)).toBeCloseTo(90, 0);
});

test('a box round a place is as wide as asked and holds it in the middle', () => {
  const [west, south, east, north] = boxRound(133.25, 34.75, 300);
  expect(distanceM(west, 34.75, east, 34.75)).toBeCloseTo(600, 0);
  expect(distanceM(133.25, south, 133.25, north)).toBeCloseTo(600, 0);
});

test('no places have no box', () => {
  expect(boxOf([])).toBeNull();
  expect(boxOf([[133.2, 34.8], [133.3, 34.7]])).toEqual([133.2, 34.7, 133.3, 34.8]);
});

test('a place is said from the nearest named one', () => {
  const [lon, lat] = moved(133.29, 34.75, 45, 318);
  expect(placeName(town.places, lon, lat)).toEqual({
    ja: '高室集会所の北東 320 m',
    en: '320 m north-east of Takamuro hall',
  });
  expect(placeName(town.places, 133.2901, 34.75)?.ja).toBe('高室集会所');
  expect(placeName([], lon, lat)).toBeNull();
});

test('the way home begins at the landing site', () => {
  const route: [number, number][] = [[133.25, 34.75], [133.27, 34.76], [133.29, 34.75], [133.27, 34.74], [133.25, 34.75]];
  expect(turnIndex(route, town.places[0])).toBe(2);
  const home = deliveryRoutes([delivery({ route })], town.places).features.map((leg) => leg.properties?.['home']);
  expect(home).toEqual([false, false, true, true]);
});

test('a route to a place the map does not have is all outward, and a route without points draws nothing', () => {
  const route: [number, number][] = [[133.25, 34.75], [133.27, 34.76]];
  const legs = deliveryRoutes([delivery({ route, site_id: 'unknown' })], town.places).features;
  expect(legs.map((leg) => leg.properties?.['home'])).toEqual([false]);
  expect(deliveryRoutes([delivery({ route: [] })], town.places).features).toEqual([]);
});

test('an aircraft on the ground has no heading; its age counts from when it was there', () => {
  expect(aircraftAt(vehicle())).toMatchObject({ headingDeg: 80, atS: 92, airborne: true });
  expect(aircraftAt(vehicle({ alt_agl_m: 0.1 }))).toMatchObject({ headingDeg: null, airborne: false });
  expect(isInAir(vehicle({ alt_agl_m: null }))).toBe(true);
  expect(isInAir(vehicle({ armed: false }))).toBe(false);
});
