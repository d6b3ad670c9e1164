/** The operator's desk: what is chosen, the plans that were made, and what can be done. Actions call the station. */

import { getContext, setContext } from 'svelte';
import type { Station, Town } from '$lib/api/types';
import { mergeCommands, stateOf } from '$lib/flight/commands';
import { FlightCore, type ClearRow, type Command, type SaferOrder } from '$lib/flight/core.svelte';
import { bySafestWay, notConfirmed } from '$lib/flight/safer';
import { freshId, get, post, remove } from '$lib/http/client';
import { asProblem, Problem } from '$lib/http/problem';
import { words, type Text } from '$lib/i18n/words';
import type { LiveStore } from '$lib/live/live.svelte';
import { session } from '$lib/session/session.svelte';
import { aircraftInAir, firstRequest, isClosed, isEnded, toCommand, type Delivery, type Plan, type Request, type Vehicle, type Work } from './flow';
import { operatorWords } from './words';

export type StationLive = Station['StationLive'];
type CommandAction = Station['CommandIn']['action'];

const commandWithinMs = 5000;
/** After a try at the flight core itself; together they end with the time in which the core would still carry it out. */
const overStationWithinMs = 3500;
const askAgainMs = 5000;
const mostGiven = 40;

export type Choice =
  | { readonly kind: 'request'; readonly id: string }
  | { readonly kind: 'vehicle'; readonly id: string }
  | { readonly kind: 'new-request' };

export interface Wind {
  readonly mps: number;
  readonly fromDeg: number;
}

export class Desk {
  readonly town: Town;
  readonly live: LiveStore<StationLive>;
  readonly core: FlightCore;
  #choice = $state.raw<Choice | null>(null);
  #plans = $state.raw<Readonly<Record<string, Plan>>>({});
  /** Plans that are asked of the station; live news comes often, and one question at a time is enough. */
  readonly #asked = new Set<string>();
  /** The plan on view of each request: made here, or null once it was put aside to plan anew. */
  #planOfRequest = $state.raw<Readonly<Record<string, string | null>>>({});
  #problem = $state.raw<Problem | null>(null);
  #busy = $state.raw<Text | null>(null);
  /** Orders of this page, newest first, as far as it knows by itself what became of them; at most 40. */
  #given = $state.raw<readonly Command[]>([]);
  /** The finding's leg that the map and the profile point out. */
  highlightLeg = $state<number | null>(null);

  constructor(town: Town, live: LiveStore<StationLive>, core = new FlightCore()) {
    this.town = town;
    this.live = live;
    this.core = core;
  }

  readonly requests: Request[] = $derived.by(() => Object.values(this.live.state?.requests ?? {}));
  readonly vehicles: Vehicle[] = $derived.by(() => Object.values(this.live.state?.vehicles ?? {}));
  readonly deliveries: Delivery[] = $derived.by(() => Object.values(this.live.state?.deliveries ?? {}));
  /** Every order on show and what became of it. */
  readonly commands: Command[] = $derived.by(() =>
    mergeCommands([...Object.values(this.live.state?.commands ?? {}), ...this.core.commands], this.#given),
  );
  readonly work: Work | null = $derived.by(() => this.#workOf());

  get choice(): Choice | null {
    return this.#choice;
  }

  get problem(): Problem | null {
    return this.#problem;
  }

  /** What is being done right now, in words; null when nothing is. */
  get busy(): Text | null {
    return this.#busy;
  }

  choose(choice: Choice | null): void {
    this.#choice = choice;
    this.#problem = null;
    this.highlightLeg = null;
  }

  /** The delivery that an aircraft is on, if it is not over. */
  deliveryOn(vehicle: Vehicle): Delivery | null {
    return this.deliveries.find((one) => one.id === vehicle.delivery_id && !isEnded(one)) ?? null;
  }

  /** Choose an aircraft: the delivery that it is on, else itself. */
  chooseVehicle(id: string): void {
    const vehicle = this.vehicles.find((one) => one.id === id);
    const delivery = vehicle === undefined ? null : this.deliveryOn(vehicle);
    this.choose(delivery === null ? { kind: 'vehicle', id } : { kind: 'request', id: delivery.request_id });
  }

  /** The aircraft that Hold, Recall and Land must reach, whatever is chosen. */
  get flown(): Vehicle | null {
    const id = this.#choice?.kind === 'vehicle' ? this.#choice.id : this.work?.vehicle?.id;
    return toCommand(this.vehicles.find((vehicle) => vehicle.id === id) ?? null, this.vehicles, this.deliveries);
  }

  /** Choose what matters most, if nothing is chosen. */
  chooseFirst(): void {
    const first = firstRequest(this.requests);
    if (this.#choice === null && first !== null) this.choose({ kind: 'request', id: first.id });
  }

  /** The aircraft that flies a request: the delivery's, else the plan's, and only without either the first there is. */
  vehicleFor(delivery: Delivery | null, plan: Plan | null): Vehicle | null {
    const id = delivery?.vehicle_id ?? plan?.vehicle_id;
    if (id === undefined) return this.vehicles[0] ?? null;
    return this.vehicles.find((vehicle) => vehicle.id === id) ?? null;
  }

  placeName(id: string): Text {
    return this.town.places.find((place) => place.id === id)?.name ?? { ja: id, en: id };
  }

  payloadLimitKg(vehicleId: string | null): number | null {
    return this.town.aircraft.find((one) => vehicleId === null || one.vehicle_id === vehicleId)?.max_payload_kg ?? null;
  }

  /** Fetch the plan of a delivery that was planned on another page or before a reload. */
  async fetchPlan(planId: string): Promise<void> {
    if (this.#plans[planId] !== undefined || this.#asked.has(planId)) return;
    this.#asked.add(planId);
    try {
      this.#keepPlan(await get<Plan>(`plans/${planId}`));
    } catch (error) {
      const { status } = asProblem(error);
      if (status >= 400 && status < 500) return;
      setTimeout(() => {
        this.#asked.delete(planId);
        void this.fetchPlan(planId);
      }, askAgainMs);
    }
  }

  async makePlan(request: Request, wind: Wind, massKg: number | null): Promise<void> {
    await this.#attempt(operatorWords.makingPlan, async () => {
      const body: Station['PlanIn'] = {
        wind_mps: wind.mps,
        wind_from_deg: wind.fromDeg,
        ...(massKg === null ? {} : { mass_kg: massKg }),
      };
      const plan = await post<Plan>(`requests/${request.id}/plans`, body);
      this.#keepPlan(plan);
      this.#planOfRequest = { ...this.#planOfRequest, [request.id]: plan.id };
    });
  }

  /** Forget the plan of a request, to set the wind or load anew. */
  dropPlan(requestId: string): void {
    this.#planOfRequest = { ...this.#planOfRequest, [requestId]: null };
    this.highlightLeg = null;
  }

  async sendPlan(plan: Plan, accepted: Station['AcceptedWarningIn'][]): Promise<void> {
    await this.#attempt(operatorWords.sendingPlan, () =>
      post('deliveries', { plan_id: plan.id, accepted_warnings: accepted } satisfies Station['DeliveryIn']),
    );
  }

  async tick(delivery: Delivery, checkId: string, name: string, ticked: boolean): Promise<void> {
    await this.#attempt(null, () =>
      post(`deliveries/${delivery.id}/checks/${checkId}`, { name, ticked } satisfies Station['TickIn']),
    );
  }

  async setParameters(delivery: Delivery): Promise<void> {
    await this.#attempt(operatorWords.setParameters, () =>
      post(`deliveries/${delivery.id}/cure`, { action: 'set_parameters' } satisfies Station['CureIn']),
    );
  }

  /** Give up a delivery that has not taken off. */
  async cancel(delivery: Delivery): Promise<void> {
    await this.#attempt(null, () => post(`deliveries/${delivery.id}/cancel`));
  }

  /** Record where the load is after a flight that brought no word of it. */
  async recordLoad(delivery: Delivery, setDown: boolean): Promise<void> {
    const body = { set_down: setDown } satisfies Station['LoadIn'];
    await this.#attempt(null, () => post(`deliveries/${delivery.id}/load`, body));
  }

  /** Take the other sender of an aircraft's number for the aircraft. */
  async acceptSender(vehicle: Vehicle): Promise<void> {
    await this.#attempt(null, () => post(`vehicles/${vehicle.id}/sender`));
  }

  async fly(delivery: Delivery): Promise<void> {
    const given = this.#newCommand(freshId(), delivery.vehicle_id, 'fly');
    const body = { id: given.id, heard: this.core.heard() } satisfies Station['FlyIn'];
    await this.#order(given, this.vehicleFor(delivery, null), () =>
      post<Command>(`deliveries/${delivery.id}/fly`, body, commandWithinMs),
    );
  }

  async command(vehicle: Vehicle, action: CommandAction): Promise<void> {
    const given = this.#newCommand(freshId(), vehicle.id, action);
    const heard = this.core.heard();
    const body = { id: given.id, action, heard } satisfies Station['CommandIn'];
    const address = `vehicles/${vehicle.id}/commands`;
    await this.#order(given, vehicle, () => {
      if (action === 'resume') return post<Command>(address, body, commandWithinMs);
      const order = heard === null ? null : { id: given.id, action, vehicle_id: vehicle.id, heard };
      return bySafestWay(
        this.#straight(order, (sent) => this.core.order(sent)),
        () => post<Command>(address, body, overStationWithinMs),
      );
    });
  }

  /** Recall all that fly; each aircraft answers for itself. */
  async skyClear(): Promise<void> {
    const id = freshId();
    const heard = this.core.heard();
    const given = aircraftInAir(this.vehicles, this.deliveries).map((one) => this.#newCommand(`${id}-${one.id}`, one.id, 'recall'));
    const order = heard === null ? null : { id, action: 'recall' as const, vehicle_id: null, heard };
    await this.#attempt(words.commandState.sending, async () => {
      let rows: readonly ClearRow[];
      try {
        rows = await bySafestWay(
          this.#straight(order, (sent) => this.core.clearTheSky(sent)),
          () => this.#clearOverStation({ id, heard }),
        );
      } catch (error) {
        const problem = asProblem(error);
        for (const command of given) this.#note(command, problem);
        throw problem;
      }
      this.#settle(given, rows);
    });
  }

  async makeRequest(body: Station['RequestIn']): Promise<void> {
    await this.#attempt(null, async () => {
      const made = await post<Request>('requests', body);
      this.choose({ kind: 'request', id: made.id });
    });
  }

  async withdraw(request: Request): Promise<void> {
    await this.#attempt(null, () => remove(`requests/${request.id}`));
  }

  /** The plan that stands for a request: its delivery's, the one made here, or the newest that the station has. */
  planIdOf(request: Request, delivery: Delivery | null): string | null {
    if (delivery !== null) return delivery.plan_id;
    const own = this.#planOfRequest[request.id];
    return own === undefined ? (request.plan_id ?? null) : own;
  }

  #workOf(): Work | null {
    const id = this.#choice?.kind === 'request' ? this.#choice.id : null;
    const request = id === null ? undefined : this.live.state?.requests[id];
    if (request === undefined) return null;
    const delivery = this.#deliveryOf(request);
    const planId = this.planIdOf(request, delivery);
    const plan = planId === null ? null : (this.#plans[planId] ?? null);
    return { request, plan, delivery, vehicle: this.vehicleFor(delivery, plan) };
  }

  /** The delivery of a request; one that failed gives way as soon as a new plan is made. */
  #deliveryOf(request: Request): Delivery | null {
    const own = this.deliveries
      .filter((delivery) => delivery.request_id === request.id)
      .sort((a, b) => (a.id < b.id ? 1 : -1));
    const named = own.find((delivery) => delivery.id === request.delivery_id) ?? own[0] ?? null;
    const replanned = this.#planOfRequest[request.id];
    const given = named !== null && (named.state === 'recalled' || named.state === 'failed');
    return given && replanned != null && replanned !== named.plan_id && !isClosed(request) ? null : named;
  }

  #keepPlan(plan: Plan): void {
    this.#plans = { ...this.#plans, [plan.id]: plan };
  }

  /** The way to the flight core itself, if there is one and it was heard. */
  #straight<Answer>(
    order: SaferOrder | null,
    send: (order: SaferOrder) => Promise<Answer>,
  ): (() => Promise<Answer>) | null {
    return order === null || !this.core.canOrder ? null : () => send(order);
  }

  async #clearOverStation(body: Station['SkyClearIn']): Promise<ClearRow[]> {
    const rows = await post<Station['SkyClearOut'][]>('sky-clear', body, overStationWithinMs);
    return rows.map(({ vehicle_id, problem, problem_cure }) => {
      const what = problem && { ja: `${problem.ja}${problem_cure ? ` ${problem_cure.ja}` : ''}`, en: `${problem.en}${problem_cure ? ` ${problem_cure.en}` : ''}` };
      return { vehicle_id, command: null, problem: what };
    });
  }

  /** Note each aircraft's answer; throws what failed, in words. */
  #settle(given: readonly Command[], rows: readonly ClearRow[]): void {
    const failed = rows.filter((row) => row.problem != null);
    this.#given = this.#given.flatMap((command) => {
      if (!given.some((one) => one.id === command.id)) return [command];
      const row = rows.find((one) => one.vehicle_id === command.vehicle_id);
      if (row === undefined) return [];
      return [row.command ?? { ...command, ...(row.problem == null ? {} : { state: 'refused' as const, text: row.problem }) }];
    });
    if (failed.length === 0) return;
    const said = (language: keyof Text) => failed.map((one) => `${one.vehicle_id}: ${one.problem?.[language]}`).join(' / ');
    throw new Problem({ status: 202, code: 'sky-not-clear', what: { ja: said('ja'), en: said('en') }, cure: null });
  }

  /** Send a flight command; where no answer comes, it may have been carried out all the same, and the page says so. */
  async #order(given: Command, vehicle: Vehicle | null, send: () => Promise<Command>): Promise<void> {
    await this.#attempt(words.commandState.sending, async () => {
      try {
        this.#keep(await send());
      } catch (error) {
        const failed = asProblem(error);
        const open = failed.code === 'unreachable' ? notConfirmed(failed) : failed;
        const { status, code, what } = open;
        const problem =
          code === 'not-confirmed' ? new Problem({ status, code, what, cure: open.cure ?? vehicle?.failsafe ?? null }) : open;
        this.#note(given, problem);
        throw problem;
      }
    });
  }

  /** An order of this page that begins now, on show at once. */
  #newCommand(id: string, vehicleId: string, action: Command['action']): Command {
    const atS = this.live.nowS;
    const text = words.commandState.sent;
    const author = session.current?.person?.name ?? '';
    const command: Command = { id, vehicle_id: vehicleId, action, author, state: 'sent', text, created_at_s: atS, changed_at_s: atS };
    this.#keep(command);
    return command;
  }

  #keep(command: Command): void {
    this.#given = [command, ...this.#given.filter((one) => one.id !== command.id)].slice(0, mostGiven);
  }

  #note(command: Command, problem: Problem): void {
    const { what, cure } = problem;
    const text = cure === null ? what : { ja: `${what.ja}。${cure.ja}`, en: `${what.en}. ${cure.en}` };
    this.#keep({ ...command, state: stateOf(problem), text, changed_at_s: this.live.nowS });
  }

  async #attempt(busy: Text | null, action: () => Promise<unknown>): Promise<void> {
    this.#problem = null;
    this.#busy = busy;
    try {
      await action();
    } catch (error) {
      this.#problem = asProblem(error);
    } finally {
      this.#busy = null;
    }
  }
}

const key = Symbol('desk');

export function provideDesk(desk: Desk): Desk {
  return setContext(key, desk);
}

export function useDesk(): Desk {
  return getContext<Desk>(key);
}
