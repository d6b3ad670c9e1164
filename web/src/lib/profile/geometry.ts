/**
 * The height profile as geometry in pixels, a pure function of the plan and the size.
 *
 * Above: ground, clearance band, ceiling and route in metres above mean sea level along the distance flown. Below, on the
 * same distance: energy left, as a fraction of what may be used, with the reserve.
 */

import type { Station } from '../api/types';

export type ProfilePoint = Station['ProfilePointOut'];

export interface ProfileInput {
  readonly points: readonly ProfilePoint[];
  readonly ceilingAglM: number;
  readonly clearanceM: number;
  readonly usableWh: number;
  readonly reserveWh: number;
  readonly lastTurnBackM: number | null;
}

export interface Tick {
  readonly at: number;
  readonly value: number;
}

export interface ProfileGeometry {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly energyTop: number;
  readonly energyBottom: number;
  readonly ground: string;
  readonly clearance: string;
  readonly ceiling: string;
  readonly route: string;
  readonly energy: string;
  readonly reserveY: number;
  readonly turnBackX: number | null;
  readonly siteX: number | null;
  readonly distanceTicks: readonly Tick[];
  readonly heightTicks: readonly Tick[];
  readonly x: (distanceM: number) => number;
  readonly y: (amslM: number) => number;
}

const margin = { left: 52, right: 14, top: 22, bottom: 22 };
const energyShare = 0.28;
const gap = 12;

/** A step of 1, 2 or 5 × 10ⁿ that gives at most `most` steps over `span`. */
export function niceStep(span: number, most: number): number {
  const raw = span / Math.max(1, most);
  const decade = 10 ** Math.floor(Math.log10(raw));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * decade >= raw - 1e-9) ?? 10;
  return factor * decade;
}

function ticks(from: number, to: number, most: number, place: (value: number) => number): Tick[] {
  const step = niceStep(to - from, most);
  const first = Math.ceil(from / step) * step;
  const count = Math.floor((to - first) / step + 1e-9) + 1;
  return Array.from({ length: Math.max(0, count) }, (_, index) => {
    const value = first + index * step;
    return { at: place(value), value };
  });
}

const rounded = (value: number): string => value.toFixed(1);

function path(points: readonly (readonly [number, number])[]): string {
  return points.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${rounded(x)} ${rounded(y)}`).join('');
}

/** Where the way home begins: the site, metres along the route; null for a route that does not come home. */
export function siteDistance(points: readonly ProfilePoint[]): number | null {
  const index = points.findIndex((point) => point.phase === 'return');
  return index > 0 ? (points[index - 1]?.distance_m ?? null) : null;
}

/** The geometry, or null when there is nothing to draw or no room. */
export function profileGeometry(input: ProfileInput, width: number, height: number): ProfileGeometry | null {
  const { points } = input;
  const first = points[0];
  const last = points.at(-1);
  const [left, right, top] = [margin.left, width - margin.right, margin.top];
  const energyBottom = height - margin.bottom;
  const energyTop = energyBottom - (energyBottom - top) * energyShare;
  const bottom = energyTop - gap;
  if (first === undefined || last === undefined || last.distance_m <= first.distance_m) return null;
  if (right - left < 40 || bottom - top < 30) return null;

  const lowest = Math.min(...points.map((point) => point.ground_amsl_m));
  const highest = Math.max(
    ...points.map((point) => Math.max(point.ground_amsl_m + input.ceilingAglM, point.route_amsl_m)),
  );
  const pad = (highest - lowest) * 0.04;
  const [low, high] = [lowest - pad, highest + pad];
  const x = (distanceM: number): number =>
    left + ((distanceM - first.distance_m) / (last.distance_m - first.distance_m)) * (right - left);
  const y = (amslM: number): number => bottom - ((amslM - low) / (high - low)) * (bottom - top);
  const energyY = (wattHours: number): number =>
    energyBottom - Math.min(1, Math.max(0, wattHours / input.usableWh)) * (energyBottom - energyTop);

  const along = (value: (point: ProfilePoint) => number) =>
    points.map((point) => [x(point.distance_m), value(point)] as const);
  const ground = along((point) => y(point.ground_amsl_m));
  const clearTop = along((point) => y(point.ground_amsl_m + input.clearanceM));
  const site = siteDistance(points);

  return {
    left,
    right,
    top,
    bottom,
    energyTop,
    energyBottom,
    ground: `${path(ground)}L${rounded(right)} ${rounded(bottom)}L${rounded(left)} ${rounded(bottom)}Z`,
    clearance: `${path(clearTop)}${path([...ground].reverse()).replace('M', 'L')}Z`,
    ceiling: path(along((point) => y(point.ground_amsl_m + input.ceilingAglM))),
    route: path(along((point) => y(point.route_amsl_m))),
    energy: path(along((point) => energyY(point.energy_left_wh))),
    reserveY: energyY(input.reserveWh),
    turnBackX: input.lastTurnBackM === null ? null : x(Math.min(last.distance_m, input.lastTurnBackM)),
    siteX: site === null ? null : x(site),
    distanceTicks: ticks(first.distance_m, last.distance_m, Math.floor((right - left) / 70), x),
    heightTicks: ticks(low, high, Math.max(2, Math.floor((bottom - top) / 26)), y),
    x,
    y,
  };
}

/** The sample nearest to a distance along the route; null for an empty profile. */
export function nearestPoint(points: readonly ProfilePoint[], distanceM: number): ProfilePoint | null {
  let best: ProfilePoint | null = null;
  for (const point of points) {
    if (best === null || Math.abs(point.distance_m - distanceM) < Math.abs(best.distance_m - distanceM)) best = point;
  }
  return best;
}
