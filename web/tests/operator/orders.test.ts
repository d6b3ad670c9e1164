import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { FlightCore } from '$lib/flight/core.svelte';
import { LiveStore } from '$lib/live/live.svelte';
import { Desk, type StationLive } from '../../src/operator/desk.svelte';
import type { Delivery, Vehicle } from '../../src/operator/flow';
import { town } from '../town/made';
import { beat, commandOf, StationDouble, type Reply } from './station';

let double: StationDouble;
let desk: Desk;
let live: LiveStore<StationLive>;

const flying = { id: 'v1', name: { ja: '1号', en: '1' }, armed: true, landed: false, delivery_id: null };
const vehicle = flying as unknown as Vehicle;
const delivery = { id: 'd1', vehicle_id: 'v1' } as unknown as Delivery;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'] });
  double = new StationDouble();
  vi.stubGlobal('fetch', double.fetch);
  vi.stubGlobal('WebSocket', double.WebSocket);
  const core = new FlightCore();
  live = new LiveStore<StationLive>(() => undefined, (state, atMs) => core.hear(state.flight, atMs));
  desk = new Desk(town, live, core);
  live.start();
  double.say({ vehicles: { v1: flying } });
});

afterEach(() => {
  live.stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const safer = [
  ['hold', () => desk.command(vehicle, 'hold')],
  ['recall', () => desk.command(vehicle, 'recall')],
  ['land', () => desk.command(vehicle, 'land')],
  ['sky clear', () => desk.skyClear()],
] as const;
const started = [
  ['fly', () => desk.fly(delivery)],
  ['resume', () => desk.command(vehicle, 'resume')],
] as const;
const every = [...safer, ...started];

function answerFor(name: string): Reply {
  const sky = name === 'sky clear';
  return { status: 202, body: sky ? [{ vehicle_id: 'v1', command: commandOf(), command_id: 'x', problem: null, problem_cure: null }] : commandOf() };
}

test.each(every)('%s carries the last beat and this page’s own time since', async (name, give) => {
  double.core = double.station = answerFor(name);
  vi.advanceTimersByTime(1500);
  await give();
  expect(double.orders).toHaveLength(1);
  expect(double.orders[0]?.body.heard).toEqual({ boot_id: 'boot-1', stamp_s: 500, elapsed_s: 1.5 });
});

test.each(every.flatMap(([name, give]) => [[name, -9, give] as const, [name, 9, give] as const]))(
  '%s is no older for a clock that is %i hours off',
  async (name, hours, give) => {
    double.core = double.station = answerFor(name);
    vi.setSystemTime(Date.now() + hours * 3_600_000);
    await give();
    expect(double.orders[0]?.body.heard).toEqual({ boot_id: 'boot-1', stamp_s: 500, elapsed_s: 0 });
  },
);

test.each(every)('%s goes without a beat where none was ever heard, over the station', async (name, give) => {
  double.station = answerFor(name);
  const core = new FlightCore();
  desk = new Desk(town, live, core);
  await give();
  expect(double.ways).toHaveLength(1);
  expect(double.ways[0]).toMatch(/^station/);
  expect(double.orders[0]?.body.heard).toBeNull();
});

describe.each(safer)('%s', (name, give) => {
  test('goes straight to the core under this page’s own host name, with the sign-in’s cookie and a deadline', async () => {
    double.core = answerFor(name);
    await give();
    expect(double.ways).toEqual(['core /flight/orders']);
    const [order] = double.orders;
    expect(order?.url.hostname).toBe(location.hostname);
    expect(order?.init).toMatchObject({ credentials: 'include', headers: { 'Content-Type': 'application/json' } });
    expect(order?.init.signal).toBeInstanceOf(AbortSignal);
    expect(order?.body).toMatchObject({ action: name === 'sky clear' ? 'recall' : name, vehicle_id: name === 'sky clear' ? null : 'v1' });
    expect(desk.problem).toBeNull();
  });

  test.each([
    'refusal to connect' as const,
    ...[401, 403, 404].map((status): Reply => ({ status, body: { code: 'x' } })),
  ])('goes over the station under the same id where the core says %o', async (reply) => {
    double.core = reply;
    double.station = answerFor(name);
    await give();
    expect(double.ways[0]).toBe('core /flight/orders');
    expect(double.ways[1]).toMatch(/^station .*\/api\//);
    expect(double.orders[1]?.body.id).toBe(double.orders[0]?.body.id);
    expect(double.orders[1]?.body.heard).toEqual(double.orders[0]?.body.heard);
    expect(desk.problem).toBeNull();
  });

  test('is not given again over the station where the core refused it', async () => {
    double.core = { status: 409, body: { code: 'refused', what: { ja: '断り', en: 'no' } } };
    await give();
    expect(double.ways).toEqual(['core /flight/orders']);
    expect(desk.problem?.what.ja).toBe('断り');
    expect(desk.commands.map((one) => one.state)).toEqual(['refused']);
  });

  test('says that it is not confirmed where nobody answers', async () => {
    double.core = double.station = 'refusal to connect';
    await give();
    expect(desk.problem?.code).toBe('not-confirmed');
    expect(desk.commands.map((one) => one.state)).toEqual(['not_confirmed']);
  });
});

test.each(started)('%s never goes to the core by itself, even if the station does not answer', async (_, give) => {
  double.station = 'refusal to connect';
  await give();
  expect(double.ways).toHaveLength(1);
  expect(double.ways[0]).toMatch(/^station/);
  expect(desk.problem?.code).toBe('not-confirmed');
});

test('an order is on show at once, and then as the core and the station tell of it', async () => {
  let answer: (response: Response) => void = () => undefined;
  vi.stubGlobal('fetch', () => new Promise<Response>((resolve) => (answer = resolve)));
  const given = desk.command(vehicle, 'hold');
  expect(desk.commands).toMatchObject([{ action: 'hold', state: 'sent', vehicle_id: 'v1' }]);
  const id = desk.commands[0]?.id ?? '';
  answer(new Response(JSON.stringify(commandOf({ id, action: 'hold', state: 'accepted' })), { status: 202 }));
  await given;
  expect(desk.commands).toMatchObject([{ id, state: 'accepted' }]);
  double.say({ commands: { [id]: commandOf({ id, action: 'hold', state: 'done', changed_at_s: 1003 }) } });
  expect(desk.commands).toMatchObject([{ id, state: 'done' }]);
});

test('上空退避 says which aircraft failed, and drops those that the core does not recall', async () => {
  double.say({ vehicles: { v1: flying, v2: { ...flying, id: 'v2' }, v3: { ...flying, id: 'v3' } } });
  const rows = [
    { vehicle_id: 'v1', command: commandOf({ id: 'one' }), problem: null },
    { vehicle_id: 'v2', command: null, problem: { ja: '届かない', en: 'no' } },
  ];
  double.core = { status: 202, body: rows };
  await desk.skyClear();
  expect(desk.problem?.what.ja).toBe('v2: 届かない');
  expect(Object.fromEntries(desk.commands.map((one) => [one.vehicle_id, one.state]))).toEqual({ v1: 'sent', v2: 'refused' });
});

test('a core that does not answer is given up in time for the station to carry the order', async () => {
  vi.useRealTimers();
  double.core = 'silence';
  double.station = answerFor('hold');
  const before = performance.now();
  await desk.command(vehicle, 'hold');
  expect(performance.now() - before).toBeLessThan(4000);
  expect(double.ways.map((way) => way.split(' ')[0])).toEqual(['core', 'station']);
  expect(desk.problem).toBeNull();
});

test('while the station can’t tell of the core, the core itself is asked for its beat and for what became of orders', async () => {
  double.state = { status: 200, body: { boot_id: 'boot-2', stamp_s: 9, commands: [commandOf({ id: 'a', state: 'done' }), commandOf({ id: 'b', action: 'arm' })] } };
  expect(desk.core.isHeard).toBe(false);
  const stop = desk.core.follow();
  await vi.waitFor(() => expect(desk.core.isHeard).toBe(true));
  expect(desk.commands).toMatchObject([{ id: 'a', state: 'done' }]);
  expect(desk.core.heard()).toMatchObject({ boot_id: 'boot-2', stamp_s: 9 });
  stop();
  expect(desk.core.isHeard).toBe(false);
});

test('a beat that the live state repeats does not look younger', () => {
  vi.advanceTimersByTime(2000);
  double.say({ flight: beat });
  expect(desk.core.heard()?.elapsed_s).toBe(2);
  double.say({ flight: { ...beat, stamp_s: 502 } });
  expect(desk.core.heard()).toEqual({ boot_id: 'boot-1', stamp_s: 502, elapsed_s: 0 });
});
