/** When a load arrives, in words. Pure; Unix seconds. */

import { duration } from '$lib/format/quantities';
import { clock } from '$lib/format/time';
import type { Text } from '$lib/i18n/words';
import { townWords } from './words';
import type { Delivery } from './work';

const nearS = 5;

/** How long until the first of some loads arrives, or null where none has a time. */
export function firstLeft(deliveries: readonly (Delivery | null)[], nowS: number): Text | null {
  const times = deliveries.flatMap((delivery) => (delivery?.eta_s == null ? [] : [delivery.eta_s]));
  if (times.length === 0) return null;
  const leftS = Math.min(...times) - nowS;
  return leftS < nearS ? townWords.etaNow : townWords.inTime(duration(leftS));
}

/** 「14:32 ごろ着く（あと 3分10秒）」, that it has arrived, or that the time is not known. */
export function etaWords(delivery: Delivery | null, nowS: number): Text {
  if (delivery?.delivered_at_s != null) return townWords.deliveredAt(clock(delivery.delivered_at_s));
  if (delivery?.eta_s == null) return townWords.etaUnknown;
  const leftS = delivery.eta_s - nowS;
  return leftS < nearS ? townWords.etaNow : townWords.eta(clock(delivery.eta_s), duration(leftS));
}
