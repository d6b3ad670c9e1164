/** How worrying a silence is. */

import type { Vehicle } from './flow';

const attentionAfterS = 3;
const actAfterS = 30;

/** `none` while heard, `attention` from 3 s or once the link is lost, `act` after 30 s. */
export function silenceLevel(link: Vehicle['link'], silentS: number | null): 'none' | 'attention' | 'act' {
  if (silentS === null || link === 'none') return 'none';
  if (silentS > actAfterS) return 'act';
  return link === 'lost' || silentS > attentionAfterS ? 'attention' : 'none';
}
