import { flushSync, mount, unmount } from 'svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import HoldButton from '$lib/ui/HoldButton.svelte';
import { holdMs } from '$lib/ui/hold-timer';

let held = 0;
let component: ReturnType<typeof mount>;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'requestAnimationFrame', 'cancelAnimationFrame', 'setTimeout', 'clearTimeout'] });
  held = 0;
  component = mount(HoldButton, {
    target: document.body,
    props: { label: { ja: '帰還', en: 'Recall' }, hotkey: 'r', onhold: () => (held += 1) },
  });
  flushSync();
});

afterEach(async () => {
  await unmount(component);
  document.body.replaceChildren();
  vi.useRealTimers();
});

const button = (): HTMLButtonElement => document.querySelector('button') as HTMLButtonElement;
const key = (type: string, name: string, target: EventTarget = window): boolean =>
  target.dispatchEvent(new KeyboardEvent(type, { key: name, bubbles: true, cancelable: true }));

test('holding the space bar to the end acts once', () => {
  key('keydown', ' ', button());
  vi.advanceTimersByTime(holdMs + 100);
  expect(held).toBe(1);
  vi.advanceTimersByTime(holdMs * 2);
  expect(held).toBe(1);
});

test('letting go early does nothing', () => {
  key('keydown', ' ', button());
  vi.advanceTimersByTime(holdMs - 200);
  key('keyup', ' ', button());
  vi.advanceTimersByTime(holdMs);
  expect(held).toBe(0);
});

test('the letter works from anywhere but a text field', () => {
  key('keydown', 'r');
  vi.advanceTimersByTime(holdMs + 100);
  expect(held).toBe(1);
  key('keyup', 'r');
  const input = document.body.appendChild(document.createElement('input'));
  key('keydown', 'r', input);
  vi.advanceTimersByTime(holdMs + 100);
  expect(held).toBe(1);
});

test('a page too busy to run its timers still counts a press that was long enough', () => {
  key('keydown', ' ', button());
  const late = new KeyboardEvent('keyup', { key: ' ', bubbles: true });
  Object.defineProperty(late, 'timeStamp', { value: performance.now() + holdMs + 300 });
  button().dispatchEvent(late);
  expect(held).toBe(1);
});

test('a window that loses focus cancels', () => {
  key('keydown', 'r');
  vi.advanceTimersByTime(600);
  window.dispatchEvent(new Event('blur'));
  vi.advanceTimersByTime(holdMs);
  expect(held).toBe(0);
});

test('a click alone does nothing', () => {
  button().click();
  vi.advanceTimersByTime(holdMs * 2);
  expect(held).toBe(0);
});
