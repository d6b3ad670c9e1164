import { flushSync, mount, unmount, type Component } from 'svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import FrozenBanner from '$lib/ui/FrozenBanner.svelte';
import Glance from '../../src/town/Glance.svelte';
import Report from '../../src/town/Report.svelte';
import RequestForm from '../../src/town/RequestForm.svelte';
import StationLine from '../../src/town/StationLine.svelte';
import TopBar from '../../src/town/TopBar.svelte';
import WallBar from '../../src/town/WallBar.svelte';
import Town from '../../src/town/Town.svelte';
import VehicleCard from '../../src/town/VehicleCard.svelte';
import WorkLists from '../../src/town/WorkLists.svelte';
import type { TownDesk } from '../../src/town/town.svelte';
import { townWords } from '../../src/town/words';
import { delivery, picture, request, station, vehicle } from './made';
import { OfficeDouble } from './office';
import Stage from './Stage.svelte';

let office: OfficeDouble;
let desk: TownDesk;
let stage: ReturnType<typeof mount>;

beforeEach(() => {
  office = new OfficeDouble();
  vi.stubGlobal('fetch', office.fetch);
  vi.stubGlobal('WebSocket', office.WebSocket);
});

afterEach(async () => {
  await unmount(stage);
  document.body.replaceChildren();
  vi.unstubAllGlobals();
});

function show(part: Component): void {
  stage = mount(Stage, { target: document.body, props: { part, ondesk: (given: TownDesk) => (desk = given) } });
  flushSync();
}

const words = (selector = 'body'): string =>
  (document.querySelector(selector)?.textContent ?? '').replace(/\s+/g, ' ').trim();

function hear(...news: Parameters<OfficeDouble['say']>): void {
  office.say(...news);
  flushSync();
}

test('what has not arrived is unknown before a station was heard, and never said to be nothing', () => {
  show(Glance);
  hear({ stations: { s: station({ heard_at_s: null, connected: false }) } });
  expect(words('.pending')).toContain('わかりません');
});

test('what waits at the station is counted, with a time once pieces have come', () => {
  show(Glance);
  hear({ stations: { s: station({ pending_pictures: 12, pending_bytes: 2_000_000, heard_at_s: 1000 }) } });
  desk.noteStations(1000);
  flushSync();
  expect(words('.pending')).toContain('画像 12 枚');
  expect(words('.pending')).not.toContain('約');
  hear({ stations: { s: station({ pending_pictures: 12, pending_bytes: 1_960_000, heard_at_s: 1010 }) } }, 1010);
  desk.noteStations(1010);
  flushSync();
  expect(words('.pending')).toContain('約 8 分');
});

test('from a silent station there may be more than it last said', () => {
  show(Glance);
  hear({ stations: { s: station({ connected: false, heard_at_s: 880, pending_pictures: 3 }) } });
  expect(words('.pending')).toContain('画像 3 枚以上');
  expect(words('.pending')).toContain('2分00秒');
});

test('a silent station that held nothing is not said to hold nothing now', () => {
  show(Glance);
  hear({ stations: { s: station({ connected: false, heard_at_s: 880 }) } });
  expect(words('.pending')).toContain('わかりません');
  expect(words('.pending')).not.toContain('すべて受け取りました');
});

test('a delivery that was last heard long ago keeps no colour', () => {
  show(WorkLists);
  hear({ requests: { r1: request() }, deliveries: { d1: delivery({ at_s: 980 }) } });
  expect(document.querySelector('.chip')?.classList.contains('unknown')).toBe(true);
  hear({ requests: { r1: request() }, deliveries: { d1: delivery({ at_s: 999 }) } });
  expect(document.querySelector('.chip')?.classList.contains('normal')).toBe(true);
});

test('when everything is here it says so', () => {
  show(Glance);
  hear({ stations: { s: station() }, pictures: { a: picture('a', { received_at_s: 940 }) } });
  expect(words('.pending')).toContain('すべて受け取りました');
  expect(words()).toContain('画像 1 枚');
  expect(words()).toContain('最後の画像は 60 秒前');
});

test('a load on its way says where to and how long', () => {
  show(Glance);
  hear({ requests: { r1: request() }, deliveries: { d1: delivery({ at_s: 999, eta_s: 1190 }) } });
  expect(words()).toContain('水 4.0 kg → 高室集会所');
  expect(words()).toContain('あと 3分10秒');
});

test('a request is shown as being sent until the station has it', () => {
  show(WorkLists);
  hear({ requests: { r1: request({ state: 'sent', reached_station: false, requested_at_s: 990 }) } });
  expect(words()).toContain('地上局へ送信中 10 秒');
  hear({ requests: { r1: request({ requested_at_s: 990 }) } });
  expect(words()).not.toContain('送信中');
  expect(words()).toContain('地上局が受け取りました');
});

test('an office without work says what the place is for', () => {
  show(WorkLists);
  hear({});
  expect(words()).toContain('ここに、依頼と配送のようすが並びます');
});

function fill(name: string, value: string): void {
  const field = document.querySelector<HTMLInputElement>(`[name=${name}]`);
  if (field === null) throw new Error(`no field ${name}`);
  field.value = value;
  field.dispatchEvent(new Event(field.tagName === 'SELECT' ? 'change' : 'input', { bubbles: true }));
  flushSync();
}

const send = (): HTMLButtonElement => document.querySelector('button.next') as HTMLButtonElement;

async function settle(): Promise<void> {
  await vi.waitFor(() => expect(send()?.textContent).not.toContain('送っています'));
  flushSync();
}

test('the form says what is missing, one thing at a time, and cannot be sent before', () => {
  show(RequestForm);
  hear({});
  expect(words('footer')).toContain('運ぶ物を入れてください');
  fill('item', 'インスリン');
  expect(words('footer')).toContain('質量 kgを入れてください');
  fill('mass', '9');
  expect(words('footer')).toContain('7.0 kg を超えています');
  fill('mass', '2');
  expect(words('footer')).toContain('届け先（着陸場）を入れてください');
  expect(send().disabled).toBe(true);
  fill('site', 'takamuro');
  expect(send().disabled).toBe(false);
});

test('a sent request goes out as it was written, and the lists come back', async () => {
  office.answer = { status: 201, body: { id: 'new' } };
  show(RequestForm);
  hear({});
  desk.beginRequest();
  fill('item', ' インスリン ');
  fill('mass', '1.5');
  fill('site', 'takamuro');
  document.querySelector('form')?.dispatchEvent(new Event('submit', { cancelable: true }));
  await vi.waitFor(() => expect(desk.panel).toBe('lists'));
  expect(office.posted).toEqual([{ item: 'インスリン', mass_kg: 1.5, site_id: 'takamuro', urgency: 1, note: '' }]);
  expect(desk.workId).toBe('new');
});

test('a refused request says why and keeps what was written', async () => {
  office.answer = {
    status: 409,
    body: { code: 'x', what: { ja: '受け取れません', en: 'refused' }, cure: { ja: '短くしてください', en: 'shorten' } },
  };
  show(RequestForm);
  hear({});
  fill('item', '水');
  fill('mass', '4');
  fill('site', 'takamuro');
  document.querySelector('form')?.dispatchEvent(new Event('submit', { cancelable: true }));
  await settle();
  await vi.waitFor(() => expect(words('[role=alert]')).toContain('受け取れません'));
  expect(words('[role=alert]')).toContain('短くしてください');
  expect(document.querySelector<HTMLInputElement>('[name=item]')?.value).toBe('水');
});

test('pictures that leave the newest stay on the page', () => {
  show(Glance);
  hear({ pictures: { a: picture('a') } });
  desk.keepSeen();
  hear({ pictures: { b: picture('b') } });
  desk.keepSeen();
  expect(desk.pictures.map((one) => one.id).sort()).toEqual(['a', 'b']);
});

test('what is shown of a silent aircraft is as old as its position, though its station repeats it', () => {
  show(VehicleCard);
  desk.vehicleId = 'kakehashi-1';
  hear({ vehicles: { 'kakehashi-1': vehicle({ known_at_s: 1000, received_at_s: 1000 }) } });
  expect(document.querySelectorAll('dd .hatched')).toHaveLength(0);
  hear({ vehicles: { 'kakehashi-1': vehicle({ known_at_s: 700, received_at_s: 1000, link: 'lost' }) } });
  expect(words('dd')).toBe('60 m 5 分前');
  expect(document.querySelectorAll('dd .hatched')).toHaveLength(3);
});

test('aircraft that are all silent are not counted as flying without saying so', () => {
  show(Glance);
  hear({ vehicles: { 'kakehashi-1': vehicle({ known_at_s: 700, received_at_s: 1000, link: 'lost' }) } });
  expect(document.querySelector('.big')?.classList.contains('hatched')).toBe(true);
});

const report: Component = (internals) => Report(internals, { map: undefined });

function printed(): string {
  window.dispatchEvent(new Event('beforeprint'));
  flushSync();
  return words('.report');
}

test('a report made from a page that has stopped updating says how old it is', () => {
  vi.useFakeTimers();
  try {
    show(report);
    hear({});
    expect(printed()).not.toContain('更新が止まった');
    vi.advanceTimersByTime(300_000);
    expect(printed()).toContain('更新が止まった画面から作りました。内容は 5 分前のものです');
  } finally {
    vi.useRealTimers();
  }
});

test('a printed arrival is as old as the last position of the aircraft', () => {
  show(report);
  hear({ requests: { r1: request() }, deliveries: { d1: delivery({ at_s: 700, eta_s: 1190 }) } });
  expect(printed()).toContain('（あと 3分10秒） 5 分前');
});

const banner: Component = (internals) => FrozenBanner(internals, { server: townWords.server });

test('a page of the office that hears nothing names the server of the office, not the station', () => {
  vi.useFakeTimers();
  try {
    show(banner);
    hear({});
    vi.advanceTimersByTime(5_000);
    flushSync();
    expect(words('[role=alert]')).toContain('役場のサーバーとのつながりを確かめています');
  } finally {
    vi.useRealTimers();
  }
});

test('an office whose server does not answer is not said to be a station out of reach', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('offline')));
  stage = mount(Town, { target: document.body });
  await vi.waitFor(() => expect(words()).toContain('役場のサーバーに届きません'));
  expect(words()).not.toContain('地上局');
});

test('a picture that leaves while older ones load is kept, and one that changes later is shown as it is then', async () => {
  office.pictures = [picture('old', { state: 'thumbnail' })];
  show(Glance);
  hear({ pictures: { left: picture('left') } });
  desk.keepSeen();
  const loading = desk.loadOlder();
  hear({ pictures: {} });
  desk.keepSeen();
  await loading;
  expect(desk.pictures.map((one) => one.id).sort()).toEqual(['left', 'old']);
  hear({ pictures: { old: picture('old') } });
  desk.keepSeen();
  hear({ pictures: {} });
  desk.keepSeen();
  expect(desk.pictures.find((one) => one.id === 'old')?.state).toBe('complete');
});

const stationCannot = {
  id: 'station-1/outbox',
  at_s: 940,
  level: 'act' as const,
  text: { ja: '地上局「運航局」が記録できません: 役場へ送る記録に書けません', en: 'the station cannot keep records' },
  cure: { ja: 'ディスクに空きを作ってください', en: 'make room' },
};
const bar = TopBar as unknown as Component;

test.each([bar, WallBar as Component])('what a station cannot keep stands over the page and the wall screen', (part) => {
  show(part);
  hear({ stations: { s: station() }, storage: { 'station-1/outbox': stationCannot } });
  expect(words('.strip.act')).toContain('地上局「運航局」が記録できません');
  expect(words('.strip.act')).toContain('対処: ディスクに空きを作ってください');
  hear({ stations: { s: station() } });
  expect(document.querySelector('.strip')).toBeNull();
});

test('a station that is heard but whose records are not kept is not said to be well', () => {
  show(StationLine);
  hear({ stations: { s: station() }, storage: { 'station-1/outbox': stationCannot } });
  expect(words()).toContain('記録できていないものがあります');
  hear({ stations: { s: station() } });
  expect(words()).not.toContain('記録できていない');
  expect(words()).toContain('地上局と接続中');
});

test('what is not known any more since a side fell silent is amber, not vermilion', () => {
  show(bar);
  hear({ storage: { 'station-1/unknown': { ...stationCannot, id: 'station-1/unknown', level: 'warn' } } });
  expect(document.querySelector('.strip.act')).toBeNull();
  expect(words('.strip.warn')).toContain('運航局');
});
