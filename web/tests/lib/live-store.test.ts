import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LiveStore } from '$lib/live/live.svelte';
import { OfficeDouble } from '../town/office';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('an hour of sleep, in which the monotonic clock stands still, counts as silence', () => {
  const office = new OfficeDouble();
  vi.stubGlobal('WebSocket', office.WebSocket);
  const live = new LiveStore<unknown>(() => undefined);
  live.start();
  office.say({});
  expect(live.frozen).toBe(false);
  vi.setSystemTime(Date.now() + 3_600_000);
  vi.advanceTimersByTime(300);
  expect(live.silentForS).toBeGreaterThan(3599);
  expect(live.frozen).toBe(true);
  live.stop();
});
