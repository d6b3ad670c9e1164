/** A request and its delivery as one piece of work, in the three lists of the office. Pure; times are Unix seconds. */

import type { Office } from '$lib/api/types';
import type { Tone } from '$lib/ui/tone';

export type Request = Office['RequestOut'];
export type Delivery = Office['DeliveryOut'];

/** Where the work stands, as the office can know it. */
export type Stage =
  | 'sending'
  | 'received'
  | 'preparing'
  | 'flying'
  | 'placing'
  | 'delivered'
  | 'returning'
  | 'turned'
  | 'done'
  | 'recalled'
  | 'failed'
  | 'unconfirmed'
  | 'withdrawn';

export type Group = 'open' | 'inHand' | 'done';

export interface Work {
  readonly id: string;
  readonly request: Request | null;
  readonly delivery: Delivery | null;
  readonly stage: Stage;
  readonly group: Group;
  readonly item: string;
  readonly massKg: number;
  readonly siteId: string;
  /** 1 routine, 2 urgent, 3 life at stake. */
  readonly urgency: number;
  /** When it last moved, for the order. */
  readonly atS: number;
}

const ofDelivery: Readonly<Record<string, Stage>> = {
  planned: 'preparing',
  checked: 'preparing',
  flying: 'flying',
  placing: 'placing',
  delivered: 'delivered',
  returning: 'returning',
  done: 'done',
  recalled: 'recalled',
  failed: 'failed',
  unconfirmed: 'unconfirmed',
};

const ofRequest: Readonly<Record<Request['state'], Stage>> = {
  sent: 'sending',
  open: 'received',
  planned: 'preparing',
  flying: 'flying',
  delivered: 'done',
  withdrawn: 'withdrawn',
};

const groups: Readonly<Record<Stage, Group>> = {
  sending: 'open',
  received: 'open',
  preparing: 'inHand',
  flying: 'inHand',
  placing: 'inHand',
  delivered: 'inHand',
  returning: 'inHand',
  turned: 'inHand',
  done: 'done',
  recalled: 'open',
  failed: 'open',
  unconfirmed: 'inHand',
  withdrawn: 'done',
};

const tones: Readonly<Record<Stage, Tone>> = {
  sending: 'attention',
  received: 'normal',
  preparing: 'normal',
  flying: 'normal',
  placing: 'normal',
  delivered: 'done',
  returning: 'done',
  turned: 'act',
  done: 'done',
  recalled: 'act',
  failed: 'act',
  unconfirmed: 'attention',
  withdrawn: 'unknown',
};

export const toneOf = (stage: Stage): Tone => tones[stage];

/** The stage of a request with its newest delivery; whether the load is down decides what the way home means. */
export function stageOf(request: Request | null, delivery: Delivery | null): Stage {
  if (request?.state === 'withdrawn') return 'withdrawn';
  if (delivery !== null) {
    const stage = ofDelivery[delivery.state] ?? 'preparing';
    const setDown = delivery.delivered_at_s != null;
    if (setDown && (stage === 'flying' || stage === 'placing')) return 'delivered';
    if (!setDown && stage === 'returning') return 'turned';
    if (setDown && (stage === 'recalled' || stage === 'failed')) return 'done';
    return stage;
  }
  if (request === null) return 'preparing';
  if (request.state === 'open' && !request.reached_station) return 'sending';
  return ofRequest[request.state];
}

function newestByRequest(deliveries: readonly Delivery[]): Map<string, Delivery> {
  const newest = new Map<string, Delivery>();
  for (const delivery of deliveries) {
    const known = newest.get(delivery.request_id);
    if (known === undefined || known.at_s < delivery.at_s) newest.set(delivery.request_id, delivery);
  }
  return newest;
}

function workOf(id: string, request: Request | null, delivery: Delivery | null): Work | null {
  const told = request ?? delivery;
  if (told === null) return null;
  const stage = stageOf(request, delivery);
  return {
    id,
    request,
    delivery,
    stage,
    group: groups[stage],
    item: told.item,
    massKg: told.mass_kg,
    siteId: told.site_id,
    urgency: request?.urgency ?? 1,
    atS: Math.max(request?.requested_at_s ?? 0, delivery?.at_s ?? 0),
  };
}

/** Every request with its newest delivery, and deliveries whose request is not known here. */
export function worksOf(requests: readonly Request[], deliveries: readonly Delivery[]): readonly Work[] {
  const newest = newestByRequest(deliveries);
  const known = new Set(requests.map((request) => request.id));
  const orphans = [...newest.values()].filter((delivery) => !known.has(delivery.request_id));
  const works = [
    ...requests.map((request) => workOf(request.id, request, newest.get(request.id) ?? null)),
    ...orphans.map((delivery) => workOf(delivery.request_id, null, delivery)),
  ];
  return works.filter((work) => work !== null);
}

const stageRank: Readonly<Record<Stage, number>> = {
  failed: 0,
  unconfirmed: 0,
  recalled: 0,
  turned: 0,
  placing: 1,
  flying: 2,
  delivered: 3,
  returning: 3,
  preparing: 4,
  sending: 5,
  received: 5,
  done: 6,
  withdrawn: 7,
};

/** The work of one list: what needs a person first, then the urgent, then the oldest; what is over newest first. */
export function inGroup(works: readonly Work[], group: Group): readonly Work[] {
  const those = works.filter((work) => work.group === group);
  if (group === 'done') return those.sort((a, b) => b.atS - a.atS || a.id.localeCompare(b.id));
  return those.sort(
    (a, b) =>
      stageRank[a.stage] - stageRank[b.stage] ||
      b.urgency - a.urgency ||
      (a.request?.requested_at_s ?? a.atS) - (b.request?.requested_at_s ?? b.atS) ||
      a.id.localeCompare(b.id),
  );
}

/** What is on its way to people who wait: prepared or in the air, the load not yet down. */
export function onTheWay(works: readonly Work[]): readonly Work[] {
  return works
    .filter((work) => work.stage === 'flying' || work.stage === 'placing')
    .sort((a, b) => (a.delivery?.eta_s ?? Infinity) - (b.delivery?.eta_s ?? Infinity));
}

/** How many loads were set down since a time. */
export function deliveredSince(works: readonly Work[], sinceS: number): number {
  return works.filter((work) => (work.delivery?.delivered_at_s ?? 0) >= sinceS && work.delivery?.delivered_at_s != null)
    .length;
}

/** How many of the steps 送信 → 地上局が受領 → 準備 → 飛行 → 届いた are done; the next one is under way. */
export function stepsDone(stage: Stage): number {
  const done: Readonly<Record<Stage, number>> = {
    sending: 0,
    received: 2,
    turned: 2,
    recalled: 2,
    failed: 2,
    unconfirmed: 3,
    withdrawn: 0,
    preparing: 2,
    flying: 3,
    placing: 3,
    delivered: 5,
    returning: 5,
    done: 5,
  };
  return done[stage];
}
