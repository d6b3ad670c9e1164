import { describe, expect, test } from 'vitest';
import {
  aircraftInAir,
  asksForItsPlace,
  commandsOf,
  firstRequest,
  isAirborne,
  isHolding,
  mayResume,
  nextCure,
  openChecks,
  openWarnings,
  sortRequests,
  standing,
  toCommand,
  verdict,
  type Check,
  type Command,
  type Delivery,
  type Plan,
  type Request,
  type Vehicle,
} from '../../src/operator/flow';
import { silenceLevel } from '../../src/operator/silence';

const text = { ja: '', en: '' };

const request = (change: Partial<Request> = {}): Request => ({
  id: 'r1',
  item: '水',
  mass_kg: 4,
  site_id: 'takamuro',
  urgency: 1,
  note: '',
  requested_by: '役場',
  requested_at_s: 100,
  state: 'open',
  source: 'office',
  plan_id: null,
  delivery_id: null,
  ...change,
});

const finding = (level: Plan['verdict'], rule: string, cure: Plan['findings'][number]['cure'] = null) => ({
  level,
  rule,
  text,
  at: null,
  leg: null,
  cure,
  source: null,
});

const plan = (findings: Plan['findings'], worst: Plan['verdict']): Plan =>
  ({ id: 'p1', findings, verdict: worst, legs: [], profile: [] }) as unknown as Plan;

const check = (id: string, state: Check['state']): Check => ({
  id,
  by: 'person',
  text,
  state,
  value: null,
  cure: null,
  ticked_by: null,
  ticked_at_s: null,
});

const delivery = (state: Delivery['state'], change: Partial<Delivery> = {}): Delivery =>
  ({ id: 'd1', request_id: 'r1', vehicle_id: 'v1', state, checks: [], problem: null, ...change }) as unknown as Delivery;

const vehicle = (change: Partial<Vehicle> = {}): Vehicle =>
  ({ id: 'v1', armed: false, landed: true, delivery_id: null, mode: 'STABILIZE', ...change }) as unknown as Vehicle;

const work = (change: { plan?: Plan; delivery?: Delivery; vehicle?: Vehicle }) => ({
  request: request(),
  plan: change.plan ?? null,
  delivery: change.delivery ?? null,
  vehicle: change.vehicle ?? null,
});

describe('standing', () => {
  test('goes from the request to the plan, and is blocked by a refusal', () => {
    expect(standing(work({}))).toMatchObject({ step: 'request', index: 0 });
    expect(standing(work({ plan: plan([], 'warn') }))).toMatchObject({ step: 'plan', blocked: false });
    expect(standing(work({ plan: plan([], 'refuse') }))).toMatchObject({ step: 'plan', blocked: true });
  });

  test.each([
    ['uploading', 'check'],
    ['ready', 'check'],
    ['flying', 'fly'],
    ['placing', 'handover'],
    ['returning', 'handover'],
  ] as const)('a delivery that is %s stands at %s', (state, step) => {
    expect(standing(work({ delivery: delivery(state) })).step).toBe(step);
  });

  test('a refused check blocks the checklist; a waiting one does not', () => {
    expect(standing(work({ delivery: delivery('checking', { checks: [check('a', 'waiting')] }) })).blocked).toBe(false);
    expect(standing(work({ delivery: delivery('checking', { checks: [check('a', 'refuse')] }) })).blocked).toBe(true);
  });

  test('all steps are done only when the delivery is', () => {
    expect(standing(work({ delivery: delivery('done') })).index).toBe(6);
  });

  test('a recalled delivery stays in flight until its aircraft has landed', () => {
    const flying = vehicle({ armed: true, landed: false, delivery_id: 'd1' });
    expect(standing(work({ delivery: delivery('recalled'), vehicle: flying })).step).toBe('fly');
    expect(standing(work({ delivery: delivery('recalled'), vehicle: vehicle() })).step).toBe('record');
  });
});

describe('airborne', () => {
  test('an aircraft on its next delivery is not that of the one before', () => {
    expect(isAirborne(delivery('failed'), vehicle({ armed: true, landed: false, delivery_id: 'd2' }))).toBe(false);
  });
});

describe('warnings', () => {
  const warned = plan([finding('warn', 'wind'), finding('warn', 'wind'), finding('ok', 'energy')], 'warn');

  test('each rule needs a name and a reason once', () => {
    expect(openWarnings(warned, '佐藤', {})).toEqual(['wind']);
    expect(openWarnings(warned, '佐藤', { wind: ' x ' })).toEqual(['wind']);
    expect(openWarnings(warned, ' ', { wind: '見張り' })).toEqual(['wind']);
    expect(openWarnings(warned, '佐藤', { wind: '見張り' })).toEqual([]);
  });

  test('the verdict counts the worst level', () => {
    expect(verdict(warned)).toEqual({ level: 'warn', count: 2 });
  });
});

describe('cure', () => {
  const cure = { text, action: 'remove_mass_kg', value: 4 };

  test('is offered only for a refusal, and only one the page can carry out', () => {
    expect(nextCure(plan([finding('warn', 'a', cure)], 'warn'))).toBeNull();
    expect(nextCure(plan([finding('refuse', 'a', { text, action: null, value: null })], 'refuse'))).toBeNull();
    expect(nextCure(plan([finding('refuse', 'a'), finding('refuse', 'b', cure)], 'refuse'))).toBe(cure);
  });

  test('a field that a merge patch removed is as good as null', () => {
    const { action: _, ...bare } = cure;
    expect(nextCure(plan([finding('refuse', 'a', bare as typeof cure)], 'refuse'))).toBeNull();
  });
});

describe('requests', () => {
  const routine = request({ id: 'a', urgency: 1, requested_at_s: 1 });
  const life = request({ id: 'b', urgency: 3, requested_at_s: 9 });
  const older = request({ id: 'c', urgency: 3, requested_at_s: 2 });
  const flying = request({ id: 'd', state: 'flying' });

  test('stand most urgent first, then oldest, with those in the air on top', () => {
    expect(sortRequests([routine, life, older, flying]).map((one) => one.id)).toEqual(['d', 'c', 'b', 'a']);
  });

  test('the first to show is the one under way, else the most urgent that is open', () => {
    expect(firstRequest([routine, life])?.id).toBe('b');
    expect(firstRequest([life, request({ id: 'e', state: 'planned' })])?.id).toBe('e');
    expect(firstRequest([request({ state: 'delivered' })])).toBeNull();
  });
});

describe('checklist', () => {
  test('only waiting and refused checks stand in the way', () => {
    const checks = [check('a', 'ok'), check('b', 'warn'), check('c', 'waiting'), check('d', 'refuse')];
    expect(openChecks(delivery('checking', { checks })).map((one) => one.id)).toEqual(['c', 'd']);
  });
});

describe('aircraft', () => {
  test('those that are armed and not known to be down count for 上空退避', () => {
    const unknown = vehicle({ id: 'u', armed: true, landed: null });
    expect(aircraftInAir([vehicle(), unknown, vehicle({ armed: true, landed: true })]).map((one) => one.id)).toEqual(['u']);
  });

  test('one of which nothing is known counts while its delivery is in the air', () => {
    const unheard = vehicle({ id: 'v1', armed: null, landed: null });
    const states = ['planned', 'uploading', 'checking', 'ready', 'flying', 'placing', 'delivered', 'returning', 'done', 'recalled', 'failed'] as const;
    const counted = states.filter((state) => aircraftInAir([unheard], [delivery(state, { vehicle_id: 'v1' })]).length > 0);
    expect(counted).toEqual(['flying', 'placing', 'delivered', 'returning']);
    expect(aircraftInAir([unheard], [delivery('flying', { vehicle_id: 'v2' })])).toEqual([]);
    expect(toCommand(null, [unheard], [delivery('flying', { vehicle_id: 'v1' })])?.id).toBe('v1');
  });

  test.each([
    ['lost', '10.0.0.7:14550', true],
    ['stale', '10.0.0.7:14550', true],
    ['none', '10.0.0.7:14550', true],
    ['fresh', '10.0.0.7:14550', false],
    ['lost', '', false],
    ['lost', null, false],
  ] as const)('%s with another sender %s asks for its place: %s', (link, other_sender, asks) => {
    expect(asksForItsPlace(vehicle({ link, other_sender }))).toBe(asks);
  });

  test('one that hovers in the air waits for someone', () => {
    expect(isHolding(vehicle({ armed: true, landed: false, mode: 'BRAKE' }))).toBe(true);
    expect(isHolding(vehicle({ armed: true, landed: false, mode: 'AUTO' }))).toBe(false);
    expect(isHolding(vehicle({ armed: true, landed: false, mode: null }))).toBe(false);
  });

  test('only one that holds as it was told to may resume, not one that a pilot flies by hand', () => {
    expect(mayResume(vehicle({ armed: true, landed: false, mode: 'BRAKE' }))).toBe(true);
    expect(mayResume(vehicle({ armed: true, landed: false, mode: 'STABILIZE' }))).toBe(false);
    expect(mayResume(vehicle({ armed: false, landed: true, mode: 'LOITER' }))).toBe(false);
  });

  test('the chosen aircraft is commanded if it flies, else the only one that does, and never a guess', () => {
    const one = vehicle({ id: 'v1', armed: true, landed: false });
    const two = vehicle({ id: 'v2', armed: true, landed: false });
    const parked = vehicle({ id: 'v3', armed: false, landed: true });
    expect(toCommand(two, [one, two, parked])?.id).toBe('v2');
    expect(toCommand(parked, [one, parked])?.id).toBe('v1');
    expect(toCommand(null, [one, two, parked])).toBeNull();
    expect(toCommand(parked, [parked])).toBeNull();
  });

  test('commands come newest first and only its own', () => {
    const command = (id: string, vehicle_id: string, created_at_s: number) =>
      ({ id, vehicle_id, created_at_s }) as unknown as Command;
    const all = [command('a', 'v1', 1), command('b', 'v2', 5), command('c', 'v1', 3)];
    expect(commandsOf(all, 'v1').map((one) => one.id)).toEqual(['c', 'a']);
  });
});

describe('silence', () => {
  test('worries more the longer it lasts, and not before the aircraft was ever heard', () => {
    expect([silenceLevel('fresh', 1), silenceLevel('stale', 5), silenceLevel('lost', 12), silenceLevel('lost', 31)]).toEqual([
      'none',
      'attention',
      'attention',
      'act',
    ]);
    expect(silenceLevel('none', null)).toBe('none');
  });
});
