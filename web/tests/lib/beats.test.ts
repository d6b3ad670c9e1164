import { afterEach, describe, expect, test, vi } from 'vitest';
import { Beats } from '$lib/flight/beats';

afterEach(() => {
  vi.useRealTimers();
});

test('without a beat there is nothing to send back', () => {
  const beats = new Beats();
  beats.hear('live', null, 100, 0);
  beats.hear('live', 'a', undefined, 0);
  expect(beats.heard(1000)).toBeNull();
});

test('the time since counts from when a beat came, and one that is on show still is no news', () => {
  const beats = new Beats();
  beats.hear('live', 'a', 100, 5000);
  beats.hear('live', 'a', 100, 7000);
  expect(beats.heard(8500)).toEqual({ boot_id: 'a', stamp_s: 100, elapsed_s: 3.5 });
  beats.hear('live', 'a', 101, 9000);
  expect(beats.heard(9250)).toEqual({ boot_id: 'a', stamp_s: 101, elapsed_s: 0.25 });
});

test.each([-9, 9])('a time of day that jumps by %i hours plays no part', (hours) => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const beats = new Beats();
  beats.hear('live', 'a', 100, 5000);
  const before = beats.heard(6000);
  vi.setSystemTime(Date.now() + hours * 3_600_000);
  expect(beats.heard(6000)).toEqual(before);
});

describe('of the two ways by which beats come', () => {
  test('the one with the younger beat counts', () => {
    const beats = new Beats();
    beats.hear('live', 'a', 100, 1000);
    beats.hear('core', 'a', 130, 31_000);
    expect(beats.heard(31_000)?.stamp_s).toBe(130);
    beats.hear('live', 'a', 131, 32_000);
    expect(beats.heard(32_000)?.stamp_s).toBe(131);
  });

  test('a station that still tells of the core before its restart does not hide the new one', () => {
    const beats = new Beats();
    beats.hear('live', 'a', 5000, 1000);
    beats.hear('core', 'b', 5010, 11_000);
    beats.hear('live', 'a', 5000, 12_000);
    expect(beats.heard(12_000)).toEqual({ boot_id: 'b', stamp_s: 5010, elapsed_s: 1 });
  });
});
