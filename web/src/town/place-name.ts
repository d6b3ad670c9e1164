/** Places as people say them: 「高室集会所の北東 320 m」. Pure. */

import type { Place } from '$lib/api/types';
import { distance } from '$lib/format/quantities';
import type { Text } from '$lib/i18n/words';
import { bearingDeg, compassPoint, distanceM } from './geodesy';

const atPlaceM = 40;
const compass: readonly Text[] = [
  { ja: '北', en: 'north' },
  { ja: '北東', en: 'north-east' },
  { ja: '東', en: 'east' },
  { ja: '南東', en: 'south-east' },
  { ja: '南', en: 'south' },
  { ja: '南西', en: 'south-west' },
  { ja: '西', en: 'west' },
  { ja: '北西', en: 'north-west' },
];

/** The direction as a word. */
export function direction(degrees: number): Text {
  return compass[compassPoint(degrees)] ?? { ja: '北', en: 'north' };
}

/** Where a point lies, said from the nearest named place; null in a town without places. */
export function placeName(places: readonly Place[], lonDeg: number, latDeg: number): Text | null {
  let nearest: Place | null = null;
  let nearestM = Infinity;
  for (const place of places) {
    const apartM = distanceM(place.lon_deg, place.lat_deg, lonDeg, latDeg);
    if (apartM < nearestM) {
      nearest = place;
      nearestM = apartM;
    }
  }
  if (nearest === null) return null;
  if (nearestM <= atPlaceM) return nearest.name;
  const toward = direction(bearingDeg(nearest.lon_deg, nearest.lat_deg, lonDeg, latDeg));
  const far = distance(nearestM < 1000 ? Math.round(nearestM / 10) * 10 : nearestM);
  return { ja: `${nearest.name.ja}の${toward.ja} ${far}`, en: `${far} ${toward.en} of ${nearest.name.en}` };
}
