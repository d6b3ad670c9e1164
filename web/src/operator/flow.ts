/** Where a delivery's work stands and what its one next step is. Pure functions of what is known. */

import type { Station } from '$lib/api/types';
import { countLevel, type Cure } from '$lib/ui/finding-order';

export type Request = Station['RequestOut'];
export type Plan = Station['PlanOut'];
export type Delivery = Station['DeliveryOut'];
export type Vehicle = Station['VehicleOut'];
export type Check = Station['CheckOut'];
export type Command = Station['CommandOut'];

export const stepNames = ['request', 'plan', 'check', 'fly', 'handover', 'record'] as const;
export type StepName = (typeof stepNames)[number];

export interface Work {
  readonly request: Request;
  readonly plan: Plan | null;
  readonly delivery: Delivery | null;
  readonly vehicle: Vehicle | null;
}

export interface Standing {
  readonly step: StepName;
  /** Index in the stepper; past the end when everything is done. */
  readonly index: number;
  readonly blocked: boolean;
}

const endedStates: readonly Delivery['state'][] = ['done', 'recalled', 'failed'];

/** A delivery that is over, whatever became of it. */
export function isEnded(delivery: Delivery): boolean {
  return endedStates.includes(delivery.state);
}

/** A delivery whose aircraft is, or should be, in the air. */
export function isAirborne(delivery: Delivery | null, vehicle: Vehicle | null): boolean {
  if (delivery === null) return false;
  if (['flying', 'placing', 'delivered', 'returning'].includes(delivery.state)) return true;
  return isEnded(delivery) && vehicle?.delivery_id === delivery.id && vehicle.armed === true && vehicle.landed === false;
}

function at(step: StepName, blocked = false): Standing {
  return { step, index: stepNames.indexOf(step), blocked };
}

/** Where the work stands. */
export function standing(work: Work): Standing {
  const { delivery, plan, vehicle } = work;
  if (delivery === null) return plan === null ? at('request') : at('plan', plan.verdict === 'refuse');
  switch (delivery.state) {
    case 'planned':
    case 'uploading':
    case 'checking':
    case 'ready':
      return at('check', delivery.problem != null || delivery.checks.some((check) => check.state === 'refuse'));
    case 'flying':
      return at('fly');
    case 'placing':
    case 'delivered':
    case 'returning':
      return at('handover');
    case 'done':
      return { step: 'record', index: stepNames.length, blocked: false };
    case 'recalled':
    case 'failed':
      return isAirborne(delivery, vehicle) ? at('fly', true) : at('record', true);
  }
}

/** The rules of a plan's warnings, each once: what must be taken on before it goes to the aircraft. */
export function warningRules(plan: Plan): string[] {
  return [...new Set(plan.findings.filter((finding) => finding.level === 'warn').map((finding) => finding.rule))];
}

/** The warnings that nobody has taken on yet: every one without a name, else those without a reason. */
export function openWarnings(plan: Plan, name: string, reasons: Readonly<Record<string, string>>): string[] {
  const shortest = 2;
  return warningRules(plan).filter(
    (rule) => name.trim() === '' || (reasons[rule] ?? '').trim().length < shortest,
  );
}

/** The cure to offer as the next step of a plan that is refused: the first that a page can carry out. */
export function nextCure(plan: Plan): Cure | null {
  const refused = plan.findings.filter((finding) => finding.level === 'refuse');
  return refused.find((finding) => finding.cure?.action != null)?.cure ?? null;
}

/** Checks that still stand in the way of a flight, in their order. */
export function openChecks(delivery: Delivery): Check[] {
  return delivery.checks.filter((check) => check.state === 'waiting' || check.state === 'refuse');
}

/** Requests worth seeing first: in the air, then by urgency, then the oldest. */
export function sortRequests(requests: readonly Request[]): Request[] {
  const rank = (request: Request): number => (request.state === 'flying' ? 10 : request.urgency);
  return [...requests].sort((a, b) => rank(b) - rank(a) || a.requested_at_s - b.requested_at_s);
}

/** A request that needs nothing more. */
export function isClosed(request: Request): boolean {
  return request.state === 'delivered' || request.state === 'withdrawn';
}

/** The request to show first: one whose delivery is under way, else the most urgent open one. */
export function firstRequest(requests: readonly Request[]): Request | null {
  const open = sortRequests(requests.filter((request) => !isClosed(request)));
  return open.find((request) => request.state === 'planned' || request.state === 'flying') ?? open[0] ?? null;
}

/** Aircraft in the air as far as is known: those that are armed and not known to have landed, and those of which nothing
is known, as after a restart of the flight core, while their delivery is in the air. */
export function aircraftInAir(vehicles: readonly Vehicle[], deliveries: readonly Delivery[] = []): Vehicle[] {
  const isFlown = (vehicle: Vehicle): boolean =>
    deliveries.some((delivery) => delivery.vehicle_id === vehicle.id && isAirborne(delivery, null));
  return vehicles.filter(
    (vehicle) => vehicle.landed !== true && (vehicle.armed === true || (vehicle.armed == null && isFlown(vehicle))),
  );
}

/** An aircraft that is silent where it was heard before, while its number is heard from another address. */
export function asksForItsPlace(vehicle: Vehicle): boolean {
  return vehicle.other_sender != null && vehicle.other_sender !== '' && vehicle.link !== 'fresh';
}

/** The newest command of an aircraft first. */
export function commandsOf(commands: readonly Command[], vehicleId: string): Command[] {
  return commands
    .filter((command) => command.vehicle_id === vehicleId)
    .sort((a, b) => b.created_at_s - a.created_at_s);
}

const pilotedModes = ['AUTO', 'RTL', 'SMART_RTL', 'LAND'];

/** An aircraft in the air that flies no mission and no way home: it waits for someone. */
export function isHolding(vehicle: Vehicle | null): boolean {
  return vehicle?.armed === true && vehicle.landed === false && vehicle.mode != null && !pilotedModes.includes(vehicle.mode);
}

const waitingModes = ['BRAKE', 'GUIDED', 'LOITER'];

/** An aircraft that holds as it was told to, so that its plan can go on; not one that a pilot flies by hand. */
export function mayResume(vehicle: Vehicle): boolean {
  return isHolding(vehicle) && waitingModes.includes(vehicle.mode ?? '');
}

/** The aircraft whose flight must stay one press away: the chosen one if it is in the air, else the only one that is. */
export function toCommand(
  chosen: Vehicle | null,
  vehicles: readonly Vehicle[],
  deliveries: readonly Delivery[] = [],
): Vehicle | null {
  const flying = aircraftInAir(vehicles, deliveries);
  return flying.find((one) => one.id === chosen?.id) ?? (flying.length === 1 ? (flying[0] ?? null) : null);
}

/** How a verdict reads: its level and how many findings of that level there are. */
export function verdict(plan: Plan): { readonly level: Plan['verdict']; readonly count: number } {
  return { level: plan.verdict, count: countLevel(plan.findings, plan.verdict) };
}
