import { expect, test } from 'vitest';
import { HoldTimer, holdMs } from '$lib/ui/hold-timer';

test('fires once when held to the end', () => {
  const timer = new HoldTimer();
  timer.press(1000);
  expect(timer.fires(1000 + holdMs - 1)).toBe(false);
  expect(timer.fires(1000 + holdMs)).toBe(true);
  expect(timer.fires(1000 + holdMs + 1)).toBe(false);
});

test('letting go early cancels, and the next press starts from nothing', () => {
  const timer = new HoldTimer();
  timer.press(0);
  timer.release();
  expect(timer.fires(holdMs * 2)).toBe(false);
  timer.press(holdMs * 2);
  expect(timer.progress(holdMs * 2 + 600)).toBeCloseTo(0.5);
});

test('a second press while one goes on does not restart the ring', () => {
  const timer = new HoldTimer();
  timer.press(0);
  timer.press(600);
  expect(timer.progress(600)).toBeCloseTo(0.5);
});

test('a clock that steps back shows an empty ring, not a negative one', () => {
  const timer = new HoldTimer();
  timer.press(1000);
  expect(timer.progress(500)).toBe(0);
});
