import { expect, test } from 'vitest';
import type { LiveStore } from '$lib/live/live.svelte';
import { Desk, type StationLive } from '../../src/operator/desk.svelte';
import { town } from '../town/made';

const flying = { id: 'v1', armed: true, landed: false, delivery_id: 'd1' };
const parked = { id: 'v2', armed: false, landed: true, delivery_id: null };
const deskOf = (...vehicles: { id: string }[]): Desk => {
  const state = {
    requests: { r1: { id: 'r1', delivery_id: 'd1' }, r2: { id: 'r2' } },
    vehicles: Object.fromEntries(vehicles.map((one) => [one.id, one])),
    deliveries: { d1: { id: 'd1', request_id: 'r1', vehicle_id: 'v1', plan_id: 'p1', state: 'flying' } },
  };
  return new Desk(town, { state } as unknown as LiveStore<StationLive>);
};

test.each([{ kind: 'new-request' }, { kind: 'request', id: 'r2' }, { kind: 'vehicle', id: 'v1' }] as const)(
  'the aircraft in the air stays within reach whatever is chosen: %o',
  (choice) => {
    const desk = deskOf(flying, parked);
    desk.choose(choice);
    expect(desk.flown?.id).toBe('v1');
  },
);

test('of two aircraft in the air none is guessed', () => {
  const desk = deskOf(flying, { ...flying, id: 'v2', delivery_id: null } as { id: string });
  desk.choose({ kind: 'new-request' });
  expect(desk.flown).toBeNull();
});

test('picking an aircraft on a delivery chooses the delivery', () => {
  const desk = deskOf(flying, parked);
  desk.chooseVehicle('v1');
  expect(desk.choice).toEqual({ kind: 'request', id: 'r1' });
  desk.chooseVehicle('v2');
  expect(desk.choice).toEqual({ kind: 'vehicle', id: 'v2' });
});

test('a delivery whose aircraft is not listed is never given another one', () => {
  const desk = deskOf(parked);
  desk.choose({ kind: 'request', id: 'r1' });
  expect(desk.work?.vehicle).toBeNull();
  expect(desk.flown).toBeNull();
});
