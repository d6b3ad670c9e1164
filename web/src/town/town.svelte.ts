/** What the town-office page knows and what is chosen on it, for all its components. */

import { getContext, setContext } from 'svelte';
import type { Office, Place, Town } from '$lib/api/types';
import { byPress } from '$lib/format/storage';
import { get, post } from '$lib/http/client';
import { asProblem, type Problem } from '$lib/http/problem';
import type { LiveStore } from '$lib/live/live.svelte';
import { pendingOf, timeLeftS, withSample, type Sample } from './pending';
import { joined, takenIn, type Picture, type TimeRange } from './pictures';
import { worksOf, type Work } from './work';

export type Vehicle = Office['VehicleOut'];
export type Alert = Office['AlertOut'];
export type OfficeLive = Office['OfficeLive'];
export type Panel = 'lists' | 'pictures' | 'request';
export type Side = 'before' | 'after';

const pageSize = 500;
const mostPictures = 10_000;

export class TownDesk {
  readonly town: Town;
  readonly live: LiveStore<OfficeLive>;

  panel = $state<Panel>('lists');
  wall = $state(false);
  pictureId = $state<string | null>(null);
  vehicleId = $state<string | null>(null);
  workId = $state<string | null>(null);
  /** The landing site of the request that is being written. */
  siteId = $state('');
  range = $state.raw<TimeRange | null>(null);
  side = $state<Side | null>(null);
  focus = $state.raw<[number, number, number, number] | null>(null);
  olderLoading = $state(false);
  olderProblem = $state.raw<Problem | null>(null);

  #older = $state.raw<ReadonlyMap<string, Picture>>(new Map());
  #samples = $state.raw<readonly Sample[]>([]);
  #seen: Readonly<Record<string, Picture>> = {};

  readonly #liveVehicles = $derived.by(() => this.live.state?.vehicles);
  readonly #liveDeliveries = $derived.by(() => this.live.state?.deliveries);
  readonly #liveRequests = $derived.by(() => this.live.state?.requests);
  readonly #livePictures = $derived.by(() => this.live.state?.pictures);
  readonly #liveStations = $derived.by(() => this.live.state?.stations);
  readonly #liveStorage = $derived.by(() => this.live.state?.storage);
  readonly #liveAlerts = $derived.by(() => this.live.state?.alerts);

  readonly vehicles = $derived.by(() => Object.values(this.#liveVehicles ?? {}));
  readonly deliveries = $derived.by(() => Object.values(this.#liveDeliveries ?? {}));
  readonly stations = $derived.by(() => Object.values(this.#liveStations ?? {}));
  readonly storage = $derived.by(() => byPress(Object.values(this.#liveStorage ?? {})));
  readonly alerts = $derived.by(() => Object.values(this.#liveAlerts ?? {}).sort((a, b) => b.at_s - a.at_s));
  readonly works = $derived.by(() => worksOf(Object.values(this.#liveRequests ?? {}), this.deliveries));
  readonly pictures = $derived.by(() => joined(this.#older, this.#livePictures ?? {}));
  readonly hasSides = $derived.by(() => this.pictures.some((picture) => picture.before_after != null));
  /** What the map and the lists show: the chosen time, and the chosen side of the disaster. */
  readonly shownPictures = $derived.by(() => {
    const inTime = takenIn(this.pictures, this.range);
    return this.side === null ? inTime : inTime.filter((picture) => picture.before_after === this.side);
  });
  readonly picture = $derived.by(() => this.pictures.find((picture) => picture.id === this.pictureId) ?? null);
  readonly pending = $derived.by(() => pendingOf(this.stations));
  readonly pendingTimeS = $derived.by(() => timeLeftS(this.#samples));
  readonly sites: readonly Place[];

  constructor(town: Town, live: LiveStore<OfficeLive>) {
    this.town = town;
    this.live = live;
    this.sites = town.places.filter((place) => place.kind === 'landing_site');
  }

  /** Keep pictures that leave the live state, as it last knew them: one that changes later comes back into it. */
  keepSeen(): void {
    const now = this.#livePictures ?? {};
    const gone = Object.entries(this.#seen).filter(([id]) => !(id in now));
    if (gone.length > 0) this.#older = new Map([...this.#older, ...gone]);
    this.#seen = now;
  }

  /** Note what waits at the stations; called for each of their words. */
  noteStations(atS: number): void {
    this.#samples = withSample(this.#samples, atS, this.pending.bytes);
  }

  place(id: string): Place | undefined {
    return this.town.places.find((place) => place.id === id);
  }

  vehicle(id: string | null | undefined): Vehicle | undefined {
    return this.vehicles.find((vehicle) => vehicle.id === id);
  }

  workOf(vehicle: Vehicle): Work | undefined {
    return this.works.find((work) => work.delivery?.id === vehicle.delivery_id && vehicle.delivery_id != null);
  }

  /** The pictures that the live state no longer holds, page by page. */
  async loadOlder(): Promise<void> {
    this.olderLoading = true;
    this.olderProblem = null;
    try {
      let cursor: string | null = null;
      do {
        const query: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
        const page: Office['PicturePageOut'] = await get(`pictures?limit=${pageSize}${query}`);
        this.#older = new Map([...this.#older, ...page.pictures.map((picture) => [picture.id, picture] as const)]);
        cursor = page.next_cursor ?? null;
      } while (cursor !== null && this.#older.size < mostPictures);
    } catch (error) {
      this.olderProblem = asProblem(error);
    } finally {
      this.olderLoading = false;
    }
  }

  async ask(wish: Office['RequestIn']): Promise<void> {
    const made = await post<Office['RequestOut']>('requests', wish);
    this.siteId = '';
    this.panel = 'lists';
    this.workId = made.id;
  }

  beginRequest(): void {
    this.panel = 'request';
    this.workId = null;
  }
}

const key = Symbol('town');

export const provideDesk = (desk: TownDesk): TownDesk => setContext(key, desk);

export const useDesk = (): TownDesk => getContext<TownDesk>(key);
