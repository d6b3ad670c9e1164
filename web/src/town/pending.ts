/**
 * What the stations still hold for us (未受信), and how long it will take. Pure: samples with their times in, estimate out.
 * The estimate is only made from bytes that were seen to leave; where nothing moves there is none.
 */

import type { Office } from '$lib/api/types';

export type Station = Office['StationOut'];

export interface Pending {
  readonly pictures: number;
  readonly records: number;
  readonly bytes: number;
  /** No station has ever said what it holds. */
  readonly unknown: boolean;
  /** Not every station is connected, so there may be more by now. */
  readonly silent: boolean;
  /** When the station that was silent longest was last heard, Unix seconds. */
  readonly heardAtS: number | null;
}

/** What all stations together still hold, as last heard. */
export function pendingOf(stations: readonly Station[]): Pending {
  const heard = stations.filter((station) => station.heard_at_s != null);
  const silent = stations.filter((station) => !station.connected);
  const times = silent.flatMap((station) => (station.heard_at_s == null ? [] : [station.heard_at_s]));
  const sum = (value: (station: Station) => number): number => heard.reduce((total, one) => total + value(one), 0);
  return {
    pictures: sum((station) => station.pending_pictures),
    records: sum((station) => station.pending_records),
    bytes: sum((station) => station.pending_bytes),
    unknown: heard.length === 0,
    silent: silent.length > 0,
    heardAtS: times.length === 0 ? null : Math.min(...times),
  };
}

export interface Sample {
  readonly atS: number;
  /** Bytes that arrived since the page began to look, by what left the station. */
  readonly receivedBytes: number;
  readonly pendingBytes: number;
}

const windowS = 120;
const shortestS = 4;

/** The samples with one more; a rise of what waits is new work, a fall is what has arrived. */
export function withSample(samples: readonly Sample[], atS: number, pendingBytes: number): readonly Sample[] {
  const last = samples.at(-1);
  if (last !== undefined && atS <= last.atS) return samples;
  const arrived = last === undefined ? 0 : Math.max(0, last.pendingBytes - pendingBytes);
  const receivedBytes = (last?.receivedBytes ?? 0) + arrived;
  const kept = samples.filter((sample) => atS - sample.atS <= windowS);
  return [...kept, { atS, receivedBytes, pendingBytes }];
}

/** Seconds until everything is here at the rate of the last two minutes, or null where nothing has moved. */
export function timeLeftS(samples: readonly Sample[]): number | null {
  const first = samples[0];
  const last = samples.at(-1);
  if (first === undefined || last === undefined || last.pendingBytes === 0) return null;
  const spentS = last.atS - first.atS;
  const arrived = last.receivedBytes - first.receivedBytes;
  if (spentS < shortestS || arrived <= 0) return null;
  return last.pendingBytes / (arrived / spentS);
}
