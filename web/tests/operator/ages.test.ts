import { createRawSnippet, flushSync, mount, unmount, type Component } from 'svelte';
import { afterEach, describe, expect, test } from 'vitest';
import FlyStep from '../../src/operator/FlyStep.svelte';
import RequestStep from '../../src/operator/RequestStep.svelte';
import VehicleCard from '../../src/operator/VehicleCard.svelte';
import VehiclePanel from '../../src/operator/VehiclePanel.svelte';
import Stage from './Stage.svelte';

/** Every value that an aircraft tells of itself, each as a word or number that stands nowhere else. */
const told = {
  mode_text: 'モードの言葉',
  alt_agl_m: '84 m',
  groundspeed_mps: '9.7 m/s',
  wind_mps: '6.3 m/s',
  battery_percent: '71 %',
  battery_v: '46.1 V',
  satellites: '17',
  lon_deg: 'UTM 53S',
  failsafe: '自分で帰還',
  last_text: 'PreArm: say',
  activity: '高室へ飛行中',
  next_event: '荷を下ろす',
} as const;

const text = (ja: string): object => ({ ja, en: ja });
const vehicle = {
  id: 'v1',
  name: text('かけはし1号'),
  link: 'fresh',
  armed: true,
  landed: false,
  mode: 'AUTO',
  mode_text: text(told.mode_text),
  alt_agl_m: 84,
  groundspeed_mps: 9.7,
  wind_mps: 6.3,
  battery_percent: 71,
  battery_v: 46.1,
  satellites: 17,
  lon_deg: 133.23,
  lat_deg: 34.77,
  failsafe: text(told.failsafe),
  last_text: told.last_text,
  delivery_id: 'd1',
};
const delivery = {
  id: 'd1',
  request_id: 'r1',
  vehicle_id: 'v1',
  state: 'flying',
  activity: text(told.activity),
  next_event: text(told.next_event),
  pictures: 0,
};
const request = { id: 'r1', item: '水', mass_kg: 4, site_id: 's1', urgency: 1, requested_at_s: 1, state: 'open', source: 'office' };
const notices = createRawSnippet(() => ({ render: () => '<span></span>' }));
const parts = {
  VehiclePanel: [VehiclePanel, { notices }],
  VehicleCard: [VehicleCard, {}],
  FlyStep: [FlyStep, { delivery, notices }],
  RequestStep: [RequestStep, { request, notices }],
} as const;

let stage: ReturnType<typeof mount>;

afterEach(async () => {
  await unmount(stage);
  document.body.replaceChildren();
});

function show(name: keyof typeof parts, ageS: number): void {
  const atS = 1000 - ageS;
  const aged = { ...vehicle, heard_at_s: atS, position_at_s: atS, battery_at_s: atS, last_text_at_s: 1000 - 60 * ageS };
  const live = { state: { deliveries: { d1: delivery }, vehicles: { v1: aged }, requests: {} }, nowS: 1000, frozen: false };
  const [part, props] = parts[name];
  stage = mount(Stage, { target: document.body, props: { part: part as unknown as Component, props: { vehicle: aged, ...props }, live } });
  flushSync();
}

/** The aircraft's values on show, each with whether it looks old, or stands under the words of how long it is silent. */
function shown(): Map<string, boolean> {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = new Map<string, boolean>();
  while (walker.nextNode()) {
    for (const value of Object.values(told)) {
      if (!walker.currentNode.textContent?.includes(value)) continue;
      found.set(value, walker.currentNode.parentElement?.closest('.hatched, .silence') != null);
    }
  }
  return found;
}

describe.each(Object.keys(parts) as (keyof typeof parts)[])('%s', (name) => {
  test('shows fresh values plainly', () => {
    show(name, 0.5);
    expect(shown().size).toBeGreaterThan(0);
    expect([...shown()].filter(([, old]) => old)).toEqual([]);
  });

  test('hatches every value of an aircraft that was not heard for long', () => {
    show(name, 40);
    expect([...shown()].filter(([, old]) => !old)).toEqual([]);
  });
});

test('each value of an aircraft is looked at somewhere', async () => {
  const seen = new Set<string>();
  for (const name of Object.keys(parts) as (keyof typeof parts)[]) {
    show(name, 0.5);
    for (const value of shown().keys()) seen.add(value);
    if (name !== 'RequestStep') await unmount(stage);
    document.body.replaceChildren();
  }
  expect(Object.values(told).filter((value) => !seen.has(value))).toEqual([]);
});
