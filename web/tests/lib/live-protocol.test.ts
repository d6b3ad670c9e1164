import { describe, expect, test } from 'vitest';
import { emptyView, freshness, hasMissed, parseLive, receive, type LiveView } from '$lib/live/protocol';

type State = { a: number; b?: number };

const snapshot = { type: 'snapshot', cursor: 5, at_s: 100, state: { a: 1 } } as const;
const started: LiveView<State> = receive<State>(emptyView, snapshot);

describe('live view', () => {
  test('begins with a snapshot', () => {
    expect(started).toEqual({ state: { a: 1 }, cursor: 5, atS: 100 });
  });

  test('a delta before any snapshot is not applied', () => {
    const view = receive<State>(emptyView, { type: 'delta', cursor: 6, at_s: 101, patch: { a: 2 } });
    expect(view.state).toBeNull();
  });

  test('a delta moves the cursor, and the same delta again changes only the time', () => {
    const delta = { type: 'delta', cursor: 6, at_s: 101, patch: { b: 2 } } as const;
    const once = receive(started, delta);
    const twice = receive(once, { ...delta, at_s: 102 });
    expect(once).toEqual({ state: { a: 1, b: 2 }, cursor: 6, atS: 101 });
    expect(twice.state).toBe(once.state);
    expect(twice.atS).toBe(102);
  });

  test('a late delta from before the cursor is dropped', () => {
    expect(receive(started, { type: 'delta', cursor: 4, at_s: 99, patch: { a: 9 } }).state).toEqual({ a: 1 });
  });

  test('a snapshot replaces everything, as after a server restart with a smaller cursor', () => {
    const view = receive<State>(started, { type: 'snapshot', cursor: 1, at_s: 200, state: { a: 7 } });
    expect(view).toEqual({ state: { a: 7 }, cursor: 1, atS: 200 });
  });

  test('a beat ahead of the cursor tells of missed deltas', () => {
    expect(hasMissed(started, { type: 'beat', cursor: 6, at_s: 101 })).toBe(true);
    expect(hasMissed(started, { type: 'beat', cursor: 5, at_s: 101 })).toBe(false);
  });
});

describe('parseLive', () => {
  test.each(['', 'null', '[]', '{', '{"type":"delta"}', '{"type":"other","cursor":1,"at_s":1}'])(
    'drops %j',
    (text) => {
      expect(parseLive(text)).toBeNull();
    },
  );
});

describe('freshness', () => {
  test('is fresh up to twice the period, stale then, and old above 10 s', () => {
    expect([0, 2, 2.1, 10, 10.1].map((age) => freshness(age, 1))).toEqual(['fresh', 'fresh', 'stale', 'stale', 'old']);
  });

  test('a slow value is not old before twice its own period', () => {
    expect(freshness(15, 10)).toBe('fresh');
    expect(freshness(21, 10)).toBe('old');
  });
});
