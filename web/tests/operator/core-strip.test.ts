import { flushSync, mount, unmount, type Component } from 'svelte';
import { afterEach, expect, test, vi } from 'vitest';
import { FlightCore } from '$lib/flight/core.svelte';
import CoreStrip from '../../src/operator/CoreStrip.svelte';
import TopBar from '../../src/operator/TopBar.svelte';
import Stage from './Stage.svelte';
import { beat } from './station';

let stage: ReturnType<typeof mount> | null = null;

afterEach(async () => {
  if (stage !== null) await unmount(stage);
  document.body.replaceChildren();
  vi.unstubAllGlobals();
});

function show(part: unknown, flight: object, live: object = {}): FlightCore {
  const core = new FlightCore();
  core.hear({ ...beat, problem: null, problem_cure: null, alarms: [], ...flight }, 0);
  const whole = { state: { vehicles: {}, flight: { ...beat, ...flight } }, nowS: 1000, frozen: false, ...live };
  const props = { onhelp: () => undefined };
  stage = mount(Stage, { target: document.body, props: { part: part as Component, props, live: whole, core } });
  flushSync();
  return core;
}

const words = (): string => (document.body.textContent ?? '').replace(/\s+/g, ' ').trim();
const links = (): string[] => [...document.querySelectorAll('a')].map((link) => `${link.textContent} ${link.href}`);
const emergency = `緊急操作 http://${location.hostname}:8711/flight`;

test('while the flight core is well nothing is said', () => {
  show(CoreStrip, {});
  expect(words()).toBe('');
});

test('a core that the station does not reach is said in words, with what to do and the way to its page', () => {
  const problem = { ja: '飛行の中枢が答えません。', en: 'It does not answer.' };
  const problem_cure = { ja: 'kakehashi flight を起動してください。', en: 'Start it.' };
  show(CoreStrip, { reachable: false, problem, problem_cure });
  expect(document.querySelector('[role=alert]')).not.toBeNull();
  expect(words()).toContain(problem.ja);
  expect(words()).toContain(problem_cure.ja);
  expect(links()).toEqual([emergency]);
});

test('where the station can’t say why, the page says what to do by itself', () => {
  show(CoreStrip, { reachable: false });
  expect(words()).toContain('飛行の中枢に届きません');
  expect(words()).toContain('送信機（プロポ）');
});

test('a core that answers this page itself still takes orders, and the page says so', async () => {
  const state = { boot_id: 'b', stamp_s: 1, commands: [] };
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(JSON.stringify(state))));
  const core = show(CoreStrip, { reachable: false });
  const stop = core.follow();
  await vi.waitFor(() => expect(words()).toContain('このまま押せます'));
  stop();
});

test('its alarms are said, each of them', () => {
  show(CoreStrip, { alarms: [{ ja: '記録を書けません', en: '' }, { ja: 'ディスクが遅い', en: '' }] });
  expect(words()).toContain('記録を書けません');
  expect(words()).toContain('ディスクが遅い');
  expect(links()).toEqual([emergency]);
});

test('a page that the station left tells the way to the core', () => {
  show(CoreStrip, {}, { frozen: true });
  expect(words()).toContain('「緊急操作」を開くか');
  expect(words()).not.toContain('地上局から飛行の中枢に届きません');
  expect(links()).toEqual([emergency]);
});

test('the way to 緊急操作 stands in the top bar always', () => {
  show(TopBar, {});
  expect(links()).toContain(emergency);
});
