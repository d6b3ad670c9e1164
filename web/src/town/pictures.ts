/** The office's pictures as a list: joined from pages and live news, filtered by time, neighbours and pairs. Pure. */

import type { FeatureCollection } from 'geojson';
import type { Office } from '$lib/api/types';
import { pictureFeatures } from '$lib/map/features';
import { distanceM } from './geodesy';

export type Picture = Office['PictureOut'];

/** What the pages brought with what the live state says over it, newest first. */
export function joined(
  older: ReadonlyMap<string, Picture>,
  live: Readonly<Record<string, Picture>>,
): readonly Picture[] {
  const all = new Map(older);
  for (const [id, picture] of Object.entries(live)) all.set(id, picture);
  return [...all.values()].sort((a, b) => b.taken_at_s - a.taken_at_s || b.id.localeCompare(a.id));
}

/** The newest by when they came to the office. */
export function newestArrived(pictures: readonly Picture[], count: number): readonly Picture[] {
  return [...pictures].sort((a, b) => b.received_at_s - a.received_at_s || b.id.localeCompare(a.id)).slice(0, count);
}

export interface TimeRange {
  readonly fromS: number;
  readonly toS: number;
}

/** Pictures taken in a range, both ends included; all of them without one. */
export function takenIn(pictures: readonly Picture[], range: TimeRange | null): readonly Picture[] {
  if (range === null) return pictures;
  return pictures.filter((picture) => picture.taken_at_s >= range.fromS && picture.taken_at_s <= range.toS);
}

/** From the first to the last picture, widened to whole minutes; null where there are fewer than two times. */
export function extent(pictures: readonly Picture[]): TimeRange | null {
  let fromS = Infinity;
  let toS = -Infinity;
  for (const picture of pictures) {
    fromS = Math.min(fromS, picture.taken_at_s);
    toS = Math.max(toS, picture.taken_at_s);
  }
  return toS > fromS ? { fromS: Math.floor(fromS / 60) * 60, toS: Math.ceil(toS / 60) * 60 } : null;
}

/** How many pictures fall into each of `bins` equal parts of a range. */
export function histogram(pictures: readonly Picture[], range: TimeRange, bins: number): readonly number[] {
  const counts = new Array<number>(bins).fill(0);
  const stepS = (range.toS - range.fromS) / bins;
  for (const picture of pictures) {
    if (picture.taken_at_s < range.fromS || picture.taken_at_s > range.toS) continue;
    const bin = Math.min(bins - 1, Math.floor((picture.taken_at_s - range.fromS) / stepS));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}

/** The picture `steps` further in a list (newest first: −1 is newer); null past the ends. */
export function neighbour(pictures: readonly Picture[], id: string, steps: number): Picture | null {
  const at = pictures.findIndex((picture) => picture.id === id);
  return at < 0 ? null : (pictures[at + steps] ?? null);
}

/** How much of the file is here, 0 to 1. */
export function shareHere(picture: Picture): number {
  if (picture.state === 'complete') return 1;
  return picture.chunks_total > 0 ? Math.min(1, picture.chunks_have / picture.chunks_total) : 0;
}

const samePlaceM = 60;
const sameViewDeg = 60;

function turnDeg(a: number, b: number): number {
  const turn = Math.abs(a - b) % 360;
  return turn > 180 ? 360 - turn : turn;
}

/** The picture of the same place from the other side of the disaster: within 60 m and looking much the same way. */
export function counterpart(picture: Picture, pictures: readonly Picture[]): Picture | null {
  const { lon_deg: lon, lat_deg: lat, before_after: side } = picture;
  if (lon == null || lat == null || side == null) return null;
  let best: Picture | null = null;
  let bestM = samePlaceM;
  for (const other of pictures) {
    if (other.before_after == null || other.before_after === side) continue;
    if (other.lon_deg == null || other.lat_deg == null) continue;
    const isSameView =
      picture.heading_deg == null ||
      other.heading_deg == null ||
      turnDeg(picture.heading_deg, other.heading_deg) <= sameViewDeg;
    const apartM = distanceM(lon, lat, other.lon_deg, other.lat_deg);
    if (isSameView && apartM <= bestM) {
      best = other;
      bestM = apartM;
    }
  }
  return best;
}

/** Makes the dots of pictures, and the same object again while no dot has changed, so that the map is left alone. */
export class PictureDots {
  #signature = '';
  #dots: FeatureCollection | null = null;

  of(pictures: readonly Picture[], chosenId: string | null): FeatureCollection {
    const signature = pictures
      .map((one) => `${one.id}${one.state === 'thumbnail' ? '.' : '!'}${one.lon_deg ?? ''},${one.lat_deg ?? ''}`)
      .join(' ')
      .concat(chosenId ?? '');
    if (this.#dots === null || signature !== this.#signature) {
      this.#signature = signature;
      this.#dots = pictureFeatures(pictures, chosenId);
    }
    return this.#dots;
  }
}
