/** The page's live state over one WebSocket: reconnects, resumes by cursor, and knows how old it is itself. */

import { getContext, setContext, untrack } from 'svelte';
import { apiUrl } from '../http/client';
import { emptyView, hasMissed, parseLive, receive, type LiveView } from './protocol';

const firstRetryMs = 500;
const longestRetryMs = 5000;
const silenceMs = 4000;
const frozenAfterS = 3;
const tickMs = 250;
const closeUnauthenticated = 4401;

export class LiveStore<State> {
  #view = $state.raw<LiveView<State>>(emptyView);
  #monotonicMs = $state(performance.now());
  #heardMs = $state(performance.now());
  #wallMs = $state(Date.now());
  #heardWallMs = $state(Date.now());
  #socket: WebSocket | null = null;
  #retryMs = firstRetryMs;
  #retryTimer: number | undefined;
  #tickTimer: number | undefined;
  #openedMs = 0;
  #missedBeats = 0;
  readonly #onSessionEnd: () => void;
  readonly #onState: (state: State, atMs: number) => void;

  /** `onSessionEnd` is called when the server says that nobody is signed in any more, `onState` with every state that
   * came, and when on the monotonic clock, ms. */
  constructor(onSessionEnd: () => void, onState: (state: State, atMs: number) => void = () => undefined) {
    this.#onSessionEnd = onSessionEnd;
    this.#onState = onState;
  }

  /** The state, or null before the first snapshot. */
  get state(): State | null {
    return this.#view.state;
  }

  /** Server time now, Unix seconds: the last message's time plus what has passed since on this device. */
  get nowS(): number {
    return this.#view.atS === null ? this.#wallMs / 1000 : this.#view.atS + this.silentForS;
  }

  /** Seconds since the server was last heard; the longer of both clocks, as one stands still while a laptop sleeps. */
  get silentForS(): number {
    return Math.max(0, this.#monotonicMs - this.#heardMs, this.#wallMs - this.#heardWallMs) / 1000;
  }

  /** True when what is shown can no longer be trusted to be current. */
  get frozen(): boolean {
    return this.#view.state !== null && this.silentForS > frozenAfterS;
  }

  /** Begin; safe inside an effect, which must not run again for every message. */
  start(): void {
    this.#tickTimer = window.setInterval(() => this.#tick(), tickMs);
    untrack(() => this.#connect());
  }

  stop(): void {
    window.clearInterval(this.#tickTimer);
    window.clearTimeout(this.#retryTimer);
    this.#drop();
  }

  #tick(): void {
    this.#monotonicMs = performance.now();
    this.#wallMs = Date.now();
    const quietMs = this.#monotonicMs - Math.max(this.#heardMs, this.#openedMs);
    if (this.#socket !== null && quietMs > silenceMs) this.#reconnectLater();
  }

  #connect(): void {
    const url = apiUrl('live');
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    if (this.#view.cursor !== null) url.searchParams.set('cursor', String(this.#view.cursor));
    const socket = new WebSocket(url);
    this.#socket = socket;
    this.#openedMs = performance.now();
    this.#missedBeats = 0;
    socket.onmessage = (event) => {
      if (typeof event.data === 'string') this.#hear(event.data);
    };
    socket.onclose = (event) => {
      if (event.code === closeUnauthenticated) this.#onSessionEnd();
      this.#reconnectLater();
    };
  }

  #hear(text: string): void {
    const message = parseLive(text);
    if (message === null) return;
    this.#missedBeats = hasMissed(this.#view, message) ? this.#missedBeats + 1 : 0;
    this.#view = receive(this.#view, message);
    this.#heardMs = performance.now();
    this.#monotonicMs = this.#heardMs;
    this.#heardWallMs = Date.now();
    this.#wallMs = this.#heardWallMs;
    this.#retryMs = firstRetryMs;
    if (this.#view.state !== null) this.#onState(this.#view.state, this.#heardMs);
    if (this.#missedBeats > 1) this.#reconnectLater();
  }

  #reconnectLater(): void {
    this.#drop();
    window.clearTimeout(this.#retryTimer);
    this.#retryTimer = window.setTimeout(() => this.#connect(), this.#retryMs);
    this.#retryMs = Math.min(longestRetryMs, this.#retryMs * 2);
  }

  #drop(): void {
    if (this.#socket === null) return;
    this.#socket.onclose = null;
    this.#socket.onmessage = null;
    this.#socket.close();
    this.#socket = null;
  }
}

const key = Symbol('live');

/** Offer the page's live store to its components. */
export function provideLive<State>(store: LiveStore<State>): LiveStore<State> {
  return setContext(key, store);
}

/** The page's live store. */
export function useLive<State>(): LiveStore<State> {
  return getContext<LiveStore<State>>(key);
}
