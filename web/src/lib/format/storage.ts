/** What is not being kept, in the order in which it presses. */

import type { Station } from '$lib/api/types';

export type StorageAlarm = Station['StorageAlarmOut'];

const places = ['outbox', 'station-database', 'office-database', 'audit', 'pictures', 'flight-log', 'folder'];

const originOf = (alarm: StorageAlarm): string => alarm.id.split('/').slice(0, -1).join('/');

function rankOf(alarm: StorageAlarm): number {
  const rank = places.indexOf(alarm.id.split('/').at(-1) ?? '');
  return rank < 0 ? places.length : rank;
}

/** The worst first; of each side one before any side's second. */
export function byPress(alarms: readonly StorageAlarm[]): StorageAlarm[] {
  const ranked = [...alarms].sort((a, b) => rankOf(a) - rankOf(b));
  const seen = new Map<string, number>();
  const turn = new Map<StorageAlarm, number>();
  for (const alarm of ranked) {
    const before = seen.get(originOf(alarm)) ?? 0;
    seen.set(originOf(alarm), before + 1);
    turn.set(alarm, before);
  }
  const press = (alarm: StorageAlarm): number => (alarm.level === 'act' ? 0 : 100) + (turn.get(alarm) ?? 0);
  return ranked.sort((a, b) => press(a) - press(b));
}
