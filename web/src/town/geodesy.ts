/** Distances and directions over a town, on a local plane round the first point (good to 0.1 % within 50 km). Pure. */

import type { Polygon } from 'geojson';

const metresPerDegree = 111_195;
const radians = Math.PI / 180;

interface Offset {
  readonly eastM: number;
  readonly northM: number;
}

function offset(lonDeg: number, latDeg: number, toLonDeg: number, toLatDeg: number): Offset {
  const middle = ((latDeg + toLatDeg) / 2) * radians;
  return {
    eastM: (toLonDeg - lonDeg) * metresPerDegree * Math.cos(middle),
    northM: (toLatDeg - latDeg) * metresPerDegree,
  };
}

/** Metres between two places. */
export function distanceM(lonDeg: number, latDeg: number, toLonDeg: number, toLatDeg: number): number {
  const { eastM, northM } = offset(lonDeg, latDeg, toLonDeg, toLatDeg);
  return Math.hypot(eastM, northM);
}

/** Degrees clockwise from north, 0 ≤ bearing < 360, from the first place to the second. */
export function bearingDeg(lonDeg: number, latDeg: number, toLonDeg: number, toLatDeg: number): number {
  const { eastM, northM } = offset(lonDeg, latDeg, toLonDeg, toLatDeg);
  return (Math.atan2(eastM, northM) / radians + 360) % 360;
}

/** Which of eight directions (0 north, clockwise) a bearing is. */
export function compassPoint(degrees: number): number {
  return Math.round((((degrees % 360) + 360) % 360) / 45) % 8;
}

/** The place `metres` away in a direction. */
export function moved(lonDeg: number, latDeg: number, towardDeg: number, metres: number): [number, number] {
  const northM = metres * Math.cos(towardDeg * radians);
  const eastM = metres * Math.sin(towardDeg * radians);
  return [
    lonDeg + eastM / (metresPerDegree * Math.cos(latDeg * radians)),
    latDeg + northM / metresPerDegree,
  ];
}

/** A wedge from a place toward where a camera looked: `widthDeg` wide, `lengthM` long. */
export function viewWedge(lonDeg: number, latDeg: number, towardDeg: number, lengthM: number, widthDeg = 60): Polygon {
  const sides = 8;
  const arc = Array.from({ length: sides + 1 }, (_, index) =>
    moved(lonDeg, latDeg, towardDeg + widthDeg * (index / sides - 0.5), lengthM),
  );
  return { type: 'Polygon', coordinates: [[[lonDeg, latDeg], ...arc, [lonDeg, latDeg]]] };
}

/** A box of `radiusM` round a place: west, south, east, north. */
export function boxRound(lonDeg: number, latDeg: number, radiusM: number): [number, number, number, number] {
  const [east, north] = [moved(lonDeg, latDeg, 90, radiusM)[0], moved(lonDeg, latDeg, 0, radiusM)[1]];
  return [2 * lonDeg - east, 2 * latDeg - north, east, north];
}

/** The box of some places, or null without any. */
export function boxOf(
  places: readonly (readonly [number, number])[],
): [number, number, number, number] | null {
  if (places.length === 0) return null;
  const lons = places.map((place) => place[0]);
  const lats = places.map((place) => place[1]);
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
}
