import { createRawSnippet, flushSync, mount, unmount, type Component } from 'svelte';
import { afterEach, expect, test } from 'vitest';
import LinkBars from '$lib/ui/LinkBars.svelte';
import CommandStatus from '$lib/ui/CommandStatus.svelte';
import FlyStep from '../../src/operator/FlyStep.svelte';
import RecordStep from '../../src/operator/RecordStep.svelte';
import OtherSender from '../../src/operator/OtherSender.svelte';
import OfficeLine from '../../src/operator/OfficeLine.svelte';
import Silence from '../../src/operator/Silence.svelte';
import TopBar from '../../src/operator/TopBar.svelte';
import Stage from './Stage.svelte';

let stage: ReturnType<typeof mount>;

afterEach(async () => {
  await unmount(stage);
  document.body.replaceChildren();
});

function show(part: unknown, props: object, live: object = {}): void {
  const whole = { state: {}, nowS: 1000, frozen: false, ...live };
  stage = mount(Stage, { target: document.body, props: { part: part as Component, props, live: whole } });
  flushSync();
}

const words = (): string => (document.body.textContent ?? '').replace(/\s+/g, ' ').trim();
const bars = (): number => document.querySelectorAll('rect.on').length;
const notices = createRawSnippet(() => ({ render: () => '<span></span>' }));
const name = { ja: 'かけはし1号', en: 'Kakehashi 1' };
const vehicle = { id: 'v1', name, link: 'fresh', heard_at_s: 960, armed: true, landed: false, mode: 'AUTO' };
const activity = { ja: '高室へ飛行中', en: 'Flying' };
const delivery = { id: 'd1', vehicle_id: 'v1', state: 'flying', activity, next_event: activity, pictures: 0 };

test('a link heard just now has its bars', () => {
  show(LinkBars, { link: 'fresh', heardAtS: 999.5 });
  expect(bars()).toBe(3);
  expect(words()).toContain('通信良好');
});

test('a frozen page shows no bars and says that the link is unknown', () => {
  show(LinkBars, { link: 'fresh', heardAtS: 960 }, { frozen: true });
  expect(bars()).toBe(0);
  expect(words()).toContain('不明');
  expect(words()).not.toContain('通信良好');
});

test('silence is said of an aircraft, not while the page itself is cut off', async () => {
  show(Silence, { vehicle: { ...vehicle, link: 'lost' } });
  expect(words()).toContain('運航管理者に連絡');
  await unmount(stage);
  show(Silence, { vehicle: { ...vehicle, link: 'lost' } }, { frozen: true });
  expect(words()).toBe('');
});

test('another sender is named with what to look at first, but not while the page is cut off', async () => {
  const silent = { ...vehicle, link: 'lost', other_sender: '10.0.0.7:14550' };
  show(OtherSender, { vehicle: silent });
  expect(words()).toContain('かけはし1号: 元の送信元が聞こえず、同じ番号が 10.0.0.7:14550 から聞こえます');
  expect(words()).toContain('着陸した機体を目で見て');
  expect(document.querySelector('button')?.textContent).toContain('この送信元を機体として受け入れる');
  await unmount(stage);
  show(OtherSender, { vehicle: silent }, { frozen: true });
  expect(words()).toBe('');
});

test('what the flight was doing is hatched once it is old', () => {
  show(FlyStep, { delivery, vehicle, notices }, { frozen: true });
  expect(document.querySelector('.activity .hatched')?.textContent).toContain('高室へ飛行中');
  expect(document.querySelector('.event .hatched')).not.toBeNull();
});

test('a delivery whose aircraft is not heard says so', () => {
  show(FlyStep, { delivery, vehicle: null, notices });
  expect(words()).toContain('この配送の機体がまだ見えません');
});

test('a command tells its action and where it stands', () => {
  const text = { ja: '', en: '' };
  show(CommandStatus, { command: { action: 'recall', state: 'not_confirmed', text, changed_at_s: 990 } });
  expect(words()).toContain('帰還');
  expect(words()).toContain('未確認');
});

const landed = { ...delivery, state: 'recalled', item: '水', mass_kg: 4, site_id: 's1', distance_done_m: 4000, load_unknown: true };
const problem = { ja: '荷物を下ろしたか、わかりません', en: 'It is not known' };
const work = { request: { id: 'r1', state: 'flying' }, plan: null, delivery: landed, vehicle };
const choices = (): string[] => [...document.querySelectorAll('button')].map((button) => button.textContent?.trim() ?? '');

test('a load of which nobody knows asks for a look, and offers no other flight before', () => {
  show(RecordStep, { work, delivery: { ...landed, problem }, notices });
  expect(words()).toContain('荷物を下ろしたか、わかりません');
  expect(choices()).toEqual(['荷物は下ろしてある', '荷物が機体に残っている']);
});

test('a delivered load whose aircraft came down elsewhere tells both', () => {
  const away = { ja: '機体は拠点から 1300 m の所に降りました', en: 'It is down' };
  show(RecordStep, { work, delivery: { ...landed, state: 'done', load_unknown: false, problem: away }, notices });
  expect(words()).toContain('届けました');
  expect(words()).toContain('1300 m');
});

const notKept = (id: string, ja: string, level = 'act'): object => ({
  id,
  at_s: 940,
  level,
  text: { ja, en: id },
  cure: { ja: 'ディスクに空きを作ってください', en: 'make room on the disk' },
});
const office = (ja: string, trouble: boolean): object => ({ connected: true, text: { ja, en: '' }, trouble });
const strips = (): string[] => [...document.querySelectorAll('.strip.act')].map((one) => one.textContent ?? '');

test('what cannot be kept stands in vermilion over the page, with since when and what to do', () => {
  const storage = { outbox: notKept('outbox', '役場へ送る記録に書けません。155 件が残っていません') };
  show(TopBar, { onhelp: () => undefined }, { state: { storage, alerts: {} } });
  expect(strips()).toHaveLength(1);
  expect(strips()[0]).toContain('155 件が残っていません');
  expect(strips()[0]).toContain('対処: ディスクに空きを作ってください');
  expect(strips()[0]).toContain('09:15 から');
  expect(words()).toContain('お知らせ 1');
});

test('of many places the worst of each side is shown, and the rest is counted', () => {
  const ids = ['folder', 'pictures', 'outbox', 'audit', 'office/office-database'];
  const storage = Object.fromEntries(ids.map((id) => [id, notKept(id, `${id} に書けません`)]));
  show(TopBar, { onhelp: () => undefined }, { state: { storage, alerts: {} } });
  expect(strips()).toHaveLength(3);
  expect(strips()[0]).toContain('outbox に');
  expect(strips()[1]).toContain('office/office-database に');
  expect(strips()[2]).toContain('ほか 3 か所');
});

test('a page without anything to say of the disk shows no strip', () => {
  show(TopBar, { onhelp: () => undefined }, { state: { storage: {}, alerts: {} } });
  expect(strips()).toEqual([]);
});

test('the line to the office is not calm while something is not kept', async () => {
  show(OfficeLine, {}, { state: { office: office('役場と接続中', false) } });
  expect(document.querySelector('p.trouble')).toBeNull();
  await unmount(stage);
  show(OfficeLine, {}, { state: { office: office('役場と接続中。この局が記録を保存できません', true) } });
  expect(document.querySelector('p.trouble')?.textContent).toContain('この局が記録を保存できません');
});
