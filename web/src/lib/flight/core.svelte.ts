/** The flight core as a page meets it: its beats, and a straight line to it that needs nothing else alive. */

import type { Station } from '../api/types';
import { problemFrom, unreachable, type Problem } from '../http/problem';
import { words, type Text } from '../i18n/words';
import { Beats, type Heard } from './beats';
import { corePage } from './core-page';

export type Command = Station['CommandOut'];
export type SaferAction = 'hold' | 'recall' | 'land';

/** One order for the core; `vehicle_id` is null for all that fly. */
export interface SaferOrder {
  readonly id: string;
  readonly action: SaferAction;
  readonly vehicle_id: string | null;
  readonly heard: Heard;
}

/** What one aircraft answered to 上空退避. */
export interface ClearRow {
  readonly vehicle_id: string;
  readonly command: Command | null;
  readonly problem: Text | null;
}

interface CoreState {
  readonly boot_id: string;
  readonly stamp_s: number;
  readonly commands: readonly (Omit<Command, 'action'> & { readonly action: string })[];
}

const orderWithinMs = 1500;
const lookWithinMs = 2000;
const lookEveryMs = 1000;

export class FlightCore {
  readonly #beats = new Beats();
  #page = $state.raw<URL | null>(null);
  #isHeard = $state(false);
  #commands = $state.raw<readonly Command[]>([]);

  /** The address of its own page; null until it is known. */
  get page(): string | null {
    return this.#page?.href ?? null;
  }

  /** True while the core itself answers this page, asked because the station can't tell of it. */
  get isHeard(): boolean {
    return this.#isHeard;
  }

  /** Orders and what became of them, as the core itself last said when it was asked. */
  get commands(): readonly Command[] {
    return this.#commands;
  }

  /** Take what the live state says of it, which came at `atMs`, monotonic ms. */
  hear(flight: Station['FlightCoreOut'] | undefined, atMs: number): void {
    if (flight === undefined) return;
    this.#beats.hear('live', flight.boot_id, flight.stamp_s, atMs);
    const page = corePage(flight.page, location.hostname);
    if (page?.href !== this.#page?.href) this.#page = page;
  }

  /** The newest beat and this page's own time since; null while none was heard. */
  heard(): Heard | null {
    return this.#beats.heard(performance.now());
  }

  /** True if an order can be sent to it without the station. */
  get canOrder(): boolean {
    return this.#page !== null;
  }

  /** Give one order to one aircraft; throws Problem, `unreachable` if it may have been taken all the same. */
  async order(order: SaferOrder): Promise<Command> {
    return (await this.#ask('orders', orderWithinMs, order)) as Command;
  }

  /** Recall all that fly; each answers for itself. Throws as `order`. */
  async clearTheSky(order: SaferOrder): Promise<readonly ClearRow[]> {
    return (await this.#ask('orders', orderWithinMs, order)) as readonly ClearRow[];
  }

  /** Ask it itself again and again, one question at a time; returns what ends that. */
  follow(): () => void {
    let timer: number | undefined;
    let ended = false;
    const look = async (): Promise<void> => {
      const heard = await this.#look();
      if (ended) return;
      this.#isHeard = heard;
      timer = window.setTimeout(() => void look(), lookEveryMs);
    };
    void look();
    return () => {
      ended = true;
      this.#isHeard = false;
      window.clearTimeout(timer);
    };
  }

  async #look(): Promise<boolean> {
    if (this.#page === null) return false;
    let state: CoreState;
    try {
      state = (await this.#ask('state', lookWithinMs)) as CoreState;
    } catch (error) {
      if (error instanceof Error && error.name === 'Problem') return false;
      throw error;
    }
    this.#beats.hear('core', state.boot_id, state.stamp_s, performance.now());
    this.#commands = state.commands.flatMap(known);
    return true;
  }

  async #ask(what: 'state' | 'orders', withinMs: number, body?: SaferOrder): Promise<unknown> {
    let response: Response;
    let answer: unknown;
    try {
      response = await fetch(new URL(`/flight/${what}`, this.#page ?? undefined), {
        method: body === undefined ? 'GET' : 'POST',
        credentials: 'include',
        cache: 'no-store',
        signal: AbortSignal.timeout(withinMs),
        ...(body === undefined ? {} : { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
      });
      answer = await response.json();
    } catch {
      throw this.#noAnswer();
    }
    if (!response.ok) throw problemFrom(response.status, answer);
    return answer;
  }

  #noAnswer(): Problem {
    return unreachable(words.flightCore);
  }
}

const shown: Record<string, Command['action']> = {
  start_mission: 'fly',
  hold: 'hold',
  recall: 'recall',
  land: 'land',
  resume: 'resume',
};

/** A command of the core in the words of this page's API; steps that pages do not give are left out. */
function known(command: CoreState['commands'][number]): Command[] {
  const action = shown[command.action];
  return action === undefined ? [] : [{ ...command, action }];
}
