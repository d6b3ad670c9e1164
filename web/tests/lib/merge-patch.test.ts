import { describe, expect, test } from 'vitest';
import { mergePatch, type Json } from '$lib/live/merge-patch';

/** The examples of RFC 7386, appendix A. */
const examples: [Json, Json, Json][] = [
  [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
  [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
  [{ a: 'b' }, { a: null }, {}],
  [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
  [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
  [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
  [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
  [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
  [['a', 'b'], ['c', 'd'], ['c', 'd']],
  [{ a: 'b' }, ['c'], ['c']],
  [{ a: 'foo' }, null, null],
  [{ a: 'foo' }, 'bar', 'bar'],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [[1, 2], { a: 'b', c: null }, { a: 'b' }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
];

describe('mergePatch', () => {
  test.each(examples)('%j patched with %j is %j', (target, patch, result) => {
    expect(mergePatch(target, patch)).toEqual(result);
  });

  test('shares what the patch does not touch, and leaves the old value as it was', () => {
    const before = { kept: { deep: 1 }, changed: { a: 1 } };
    const after = mergePatch(before, { changed: { a: 2 } }) as typeof before;
    expect(after.kept).toBe(before.kept);
    expect(before.changed.a).toBe(1);
  });

  test('a key named __proto__ stays data', () => {
    const after = mergePatch({}, JSON.parse('{"constructor": {"x": 1}}') as Json);
    expect(after).toEqual({ constructor: { x: 1 } });
  });
});
