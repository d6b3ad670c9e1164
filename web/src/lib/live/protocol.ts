/** What the page knows from `/api/live`: a snapshot, then merge patches. Pure: message in, view out. */

import { mergePatch, type Json } from './merge-patch';

export interface LiveView<State> {
  readonly state: State | null;
  readonly cursor: number | null;
  /** Server time of the last message, Unix seconds. */
  readonly atS: number | null;
}

interface LiveMessage {
  readonly type: 'snapshot' | 'delta' | 'beat';
  readonly cursor: number;
  readonly at_s: number;
  readonly state?: Json;
  readonly patch?: Json;
}

export const emptyView: LiveView<never> = { state: null, cursor: null, atS: null };

/** The message of a text frame, or null if it is none. */
export function parseLive(text: string): LiveMessage | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const message = value as Partial<LiveMessage>;
  const known = message.type === 'snapshot' || message.type === 'delta' || message.type === 'beat';
  return known && typeof message.cursor === 'number' && typeof message.at_s === 'number'
    ? (message as LiveMessage)
    : null;
}

/** The view after a message. A delta that was already applied (a repeat after a reconnect) changes only the time. */
export function receive<State>(view: LiveView<State>, message: LiveMessage): LiveView<State> {
  const atS = message.at_s;
  if (message.type === 'snapshot' && message.state) {
    return { state: message.state as State, cursor: message.cursor, atS };
  }
  const isNews = view.cursor !== null && message.cursor > view.cursor;
  if (message.type === 'delta' && message.patch !== undefined && view.state !== null && isNews) {
    return { state: mergePatch(view.state as Json, message.patch) as State, cursor: message.cursor, atS };
  }
  return { ...view, atS };
}

/** A beat that is ahead of what was applied says that deltas were missed. */
export function hasMissed<State>(view: LiveView<State>, message: LiveMessage): boolean {
  return message.type === 'beat' && view.cursor !== null && message.cursor > view.cursor;
}

export type Freshness = 'fresh' | 'stale' | 'old';

const oldAfterS = 10;

/** Fresh up to twice the period of the value, then stale, and old above 10 s. */
export function freshness(ageS: number, periodS: number): Freshness {
  if (ageS > Math.max(oldAfterS, 2 * periodS)) return 'old';
  return ageS > 2 * periodS ? 'stale' : 'fresh';
}
