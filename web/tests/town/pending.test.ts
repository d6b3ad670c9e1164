import { expect, test } from 'vitest';
import { pendingOf, timeLeftS, withSample, type Sample } from '../../src/town/pending';
import { station } from './made';

const follow = (steps: readonly (readonly [number, number])[]): readonly Sample[] =>
  steps.reduce<readonly Sample[]>((samples, [atS, bytes]) => withSample(samples, atS, bytes), []);

test('what all stations hold is added up', () => {
  const pending = pendingOf([
    station({ pending_pictures: 12, pending_records: 3, pending_bytes: 5000 }),
    station({ id: 'station-2', pending_pictures: 1, pending_bytes: 200 }),
  ]);
  expect(pending).toMatchObject({ pictures: 13, records: 3, bytes: 5200, unknown: false, silent: false });
});

test('a station that was never heard makes it unknown, not nothing', () => {
  expect(pendingOf([station({ heard_at_s: null, connected: false })])).toMatchObject({ unknown: true, silent: true });
  expect(pendingOf([]).unknown).toBe(true);
});

test('a silent station names when it was last heard', () => {
  const pending = pendingOf([
    station({ connected: false, heard_at_s: 900, pending_pictures: 2 }),
    station({ id: 'station-2', connected: false, heard_at_s: 700 }),
  ]);
  expect(pending).toMatchObject({ silent: true, heardAtS: 700, pictures: 2 });
});

test('the time left follows the rate at which bytes leave', () => {
  expect(timeLeftS(follow([[0, 10_000], [10, 9000], [20, 8000]]))).toBeCloseTo(80);
});

test('a new picture makes the wait longer and does not count as having moved backwards', () => {
  const samples = follow([[0, 10_000], [10, 9000], [12, 19_000], [20, 18_000]]);
  expect(timeLeftS(samples)).toBeCloseTo(18_000 / (2000 / 20));
});

test('there is no estimate while nothing moves, before four seconds, and when all is here', () => {
  expect(timeLeftS(follow([[0, 5000], [10, 5000]]))).toBeNull();
  expect(timeLeftS(follow([[0, 5000], [3, 4000]]))).toBeNull();
  expect(timeLeftS(follow([[0, 5000], [10, 0]]))).toBeNull();
  expect(timeLeftS([])).toBeNull();
});

test('only the last two minutes count, and a word heard twice counts once', () => {
  const samples = follow([[0, 900_000], [1, 100_000], [130, 90_000], [140, 80_000], [140, 10]]);
  expect(samples.map((sample) => sample.atS)).toEqual([130, 140]);
  expect(timeLeftS(samples)).toBeCloseTo(80);
});
