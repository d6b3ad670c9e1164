/** The operator's desk: what is chosen, the plans that were made, and what can be done. Actions call the station. */

import { getContext, setContext } from 'svelte';
import type { Station, Town } from '$lib/api/types';
import { freshId, get, post, remove } from '$lib/http/client';
import { asProblem, Problem } from '$lib/http/problem';
import { words, type Text } from '$lib/i18n/words';
import type { LiveStore } from '$lib/live/live.svelte';
import { firstRequest, isClosed, isEnded, toCommand, type Delivery, type Plan, type Request, type Vehicle, type Work } from './flow';
import { operatorWords } from './words';

export type StationLive = Station['StationLive'];
type CommandAction = Station['CommandIn']['action'];

const commandWithinMs = 5000;
const askAgainMs = 5000;

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
  #choice = $state.raw<Choice | null>(null);
  #plans = $state.raw<Readonly<Record<string, Plan>>>({});
  /** Plans that are asked of the station; live news comes often, and one question at a time is enough. */
  readonly #asked = new Set<string>();
  /** The plan on view of each request: made here, or null once it was put aside to plan anew. */
  #planOfRequest = $state.raw<Readonly<Record<string, string | null>>>({});
  #problem = $state.raw<Problem | null>(null);
  #busy = $state.raw<Text | null>(null);
  /** The finding's leg that the map and the profile point out. */
  highlightLeg = $state<number | null>(null);

  constructor(town: Town, live: LiveStore<StationLive>) {
    this.town = town;
    this.live = live;
  }

  readonly requests: Request[] = $derived.by(() => Object.values(this.live.state?.requests ?? {}));
  readonly vehicles: Vehicle[] = $derived.by(() => Object.values(this.live.state?.vehicles ?? {}));
  readonly deliveries: Delivery[] = $derived.by(() => Object.values(this.live.state?.deliveries ?? {}));
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
    return toCommand(this.vehicles.find((vehicle) => vehicle.id === id) ?? null, this.vehicles);
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

  async fly(delivery: Delivery): Promise<void> {
    const body = { id: freshId() } satisfies Station['FlyIn'];
    await this.#order(this.vehicleFor(delivery, null), () =>
      post(`deliveries/${delivery.id}/fly`, body, commandWithinMs),
    );
  }

  async command(vehicle: Vehicle, action: CommandAction): Promise<void> {
    const body = { id: freshId(), action } satisfies Station['CommandIn'];
    await this.#order(vehicle, () => post(`vehicles/${vehicle.id}/commands`, body, commandWithinMs));
  }

  async skyClear(): Promise<void> {
    await this.#attempt(null, async () => {
      const body: Station['SkyClearIn'] = { id: freshId() };
      const failed = (await post<Station['SkyClearOut'][]>('sky-clear', body)).filter((one) => one.problem !== null);
      const said = (language: keyof Text) => failed.map((one) => `${one.vehicle_id}: ${one.problem?.[language]}`).join(' / ');
      if (failed[0] === undefined) return;
      const what = { ja: said('ja'), en: said('en') };
      throw new Problem({ status: 202, code: 'sky-not-clear', what, cure: failed[0].problem_cure });
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

  /** Send a flight command; where no answer comes, it may have been carried out all the same, and the page says so. */
  async #order(vehicle: Vehicle | null, send: () => Promise<unknown>): Promise<void> {
    await this.#attempt(words.commandState.sending, async () => {
      try {
        await send();
      } catch (error) {
        const problem = asProblem(error);
        if (problem.code !== 'unreachable') throw problem;
        const what = operatorWords.orderNotConfirmed;
        throw new Problem({ status: 0, code: 'not-confirmed', what, cure: vehicle?.failsafe ?? null });
      }
    });
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
