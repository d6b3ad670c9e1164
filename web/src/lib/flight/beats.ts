/** The flight core's signs of life as this page heard them, for the core to judge an order's age by. Pure.

An order carries the last beat and this page's own elapsed time since it came, both on clocks that nobody sets: a page
whose time of day is wrong gives orders like any other. The time counts from when a beat had come, not from when it was
asked for, so that an order never looks younger to the core than it is. */

import type { Station } from '../api/types';

export type Heard = Station['HeardIn'];

/** How a beat came: over the station's live line, or from the core itself. */
export type Way = 'live' | 'core';

interface Beat {
  readonly bootId: string;
  readonly stampS: number;
  readonly atMs: number;
}

export class Beats {
  readonly #newest: Partial<Record<Way, Beat>> = {};

  /** Note a beat that came at `atMs`, monotonic ms; one that is on show still, as it was, is no news. */
  hear(way: Way, bootId: string | null | undefined, stampS: number | null | undefined, atMs: number): void {
    if (bootId == null || stampS == null) return;
    const known = this.#newest[way];
    if (known?.bootId === bootId && known.stampS === stampS) return;
    this.#newest[way] = { bootId, stampS, atMs };
  }

  /** The newest beat and how long ago it came, at `nowMs`; null while none was heard. */
  heard(nowMs: number): Heard | null {
    const beat = this.#best();
    if (beat === null) return null;
    return { boot_id: beat.bootId, stamp_s: beat.stampS, elapsed_s: Math.max(0, nowMs - beat.atMs) / 1000 };
  }

  /** The younger of both: by the core's own clock, or by ours if the core was started anew between them. */
  #best(): Beat | null {
    const { live, core } = this.#newest;
    if (live === undefined || core === undefined) return live ?? core ?? null;
    if (live.bootId !== core.bootId) return core.atMs > live.atMs ? core : live;
    return core.stampS > live.stampS ? core : live;
  }
}
