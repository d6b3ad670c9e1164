import { expect, test } from 'vitest';
import {
  counterpart,
  extent,
  histogram,
  joined,
  neighbour,
  newestArrived,
  PictureDots,
  shareHere,
  takenIn,
} from '../../src/town/pictures';
import { picture } from './made';

const degreesNorth = (metres: number): number => metres / 111_195;

test('live news replaces what a page brought, newest first', () => {
  const older = new Map([
    ['a', picture('a', { state: 'thumbnail', taken_at_s: 10 })],
    ['b', picture('b', { taken_at_s: 20 })],
  ]);
  const list = joined(older, { a: picture('a', { taken_at_s: 10 }), c: picture('c', { taken_at_s: 30 }) });
  expect(list.map((one) => one.id)).toEqual(['c', 'b', 'a']);
  expect(list[2]?.state).toBe('complete');
});

test('new is what came last, not what was taken last', () => {
  const list = [
    picture('old-but-just-here', { taken_at_s: 1, received_at_s: 500 }),
    picture('taken-last', { taken_at_s: 400, received_at_s: 450 }),
  ];
  expect(newestArrived(list, 1).map((one) => one.id)).toEqual(['old-but-just-here']);
});

test('a time range includes its ends; no range is everything', () => {
  const list = [1, 2, 3, 4].map((at) => picture(`p${at}`, { taken_at_s: at }));
  expect(takenIn(list, { fromS: 2, toS: 3 }).map((one) => one.id)).toEqual(['p2', 'p3']);
  expect(takenIn(list, null)).toBe(list);
});

test('the extent covers all pictures in whole minutes; one time is no extent', () => {
  const list = [picture('a', { taken_at_s: 61 }), picture('b', { taken_at_s: 199 })];
  expect(extent(list)).toEqual({ fromS: 60, toS: 240 });
  expect(extent(list.slice(0, 1))).toBeNull();
  expect(extent([])).toBeNull();
});

test('the histogram counts every picture of its range once', () => {
  const list = [0, 10, 50, 100, 101].map((at) => picture(`p${at}`, { taken_at_s: at }));
  expect(histogram(list, { fromS: 0, toS: 100 }, 4)).toEqual([2, 0, 1, 1]);
});

test('neighbours end at the ends', () => {
  const list = ['a', 'b', 'c'].map((id) => picture(id));
  expect(neighbour(list, 'b', -1)?.id).toBe('a');
  expect(neighbour(list, 'b', 1)?.id).toBe('c');
  expect(neighbour(list, 'a', -1)).toBeNull();
  expect(neighbour(list, 'c', 1)).toBeNull();
  expect(neighbour(list, 'gone', 1)).toBeNull();
});

test('the share here is by pieces, and whole only when complete', () => {
  expect(shareHere(picture('a', { state: 'partial', chunks_have: 3, chunks_total: 12 }))).toBe(0.25);
  expect(shareHere(picture('a', { state: 'thumbnail', chunks_have: 0, chunks_total: 0 }))).toBe(0);
  expect(shareHere(picture('a'))).toBe(1);
});

test('a pair is the nearest from the other side, within 60 m, looking the same way', () => {
  const now = picture('now', { before_after: 'after' });
  const at = (id: string, metres: number, headingDeg: number | null) =>
    picture(id, { before_after: 'before', lat_deg: 34.75 + degreesNorth(metres), heading_deg: headingDeg });
  const other = at('near-but-behind', 5, 270);
  expect(counterpart(now, [now, other, at('far', 61, 90), at('near', 30, 80), at('nearer', 20, null)])?.id).toBe('nearer');
  expect(counterpart(now, [now, other, at('far', 61, 90)])).toBeNull();
});

test('pictures that do not say which side they are from make no pair', () => {
  const unsaid = picture('unsaid');
  expect(counterpart(unsaid, [picture('before', { before_after: 'before' })])).toBeNull();
  expect(counterpart(picture('after', { before_after: 'after' }), [unsaid])).toBeNull();
});

test('dots stay the same object until one of them changes, so that progress does not redraw the map', () => {
  const dots = new PictureDots();
  const part = picture('a', { state: 'partial', chunks_have: 1 });
  const first = dots.of([part], null);
  expect(dots.of([{ ...part, chunks_have: 2 }], null)).toBe(first);
  expect(dots.of([{ ...part, chunks_have: 2 }], 'a')).not.toBe(first);
  expect(dots.of([{ ...part, lon_deg: 133.3 }], null).features[0]?.geometry).toMatchObject({ coordinates: [133.3, 34.75] });
});
