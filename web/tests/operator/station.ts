/** A station and its flight core at the other end: answers by address, and keeps what was asked of it. */

import { freshId } from '$lib/http/client';

export const corePageAddress = 'http://0.0.0.0:8711/flight';
export const beat = { reachable: true, boot_id: 'boot-1', stamp_s: 500, page: corePageAddress, alarms: [] };

interface Asked {
  readonly url: URL;
  readonly init: RequestInit;
  readonly body: { readonly id: string; readonly heard?: unknown; readonly [key: string]: unknown };
}

export type Reply = { readonly status: number; readonly body: unknown } | 'silence' | 'refusal to connect';

export class StationDouble {
  readonly orders: Asked[] = [];
  core: Reply = { status: 202, body: {} };
  station: Reply = { status: 202, body: {} };
  /** What the core tells of itself. */
  state: Reply = 'refusal to connect';
  #socket: { onmessage: ((event: { data: string }) => void) | null } | null = null;
  #cursor = 0;

  readonly fetch = (address: URL | string, init: RequestInit = {}): Promise<Response> => {
    const url = new URL(address);
    const isCore = url.port === '8711';
    if (init.method === 'POST') this.orders.push({ url, init, body: JSON.parse(String(init.body)) });
    const reply = init.method === 'POST' ? (isCore ? this.core : this.station) : isCore ? this.state : this.station;
    if (reply === 'refusal to connect') return Promise.reject(new TypeError('Failed to fetch'));
    if (reply !== 'silence') return Promise.resolve(new Response(JSON.stringify(reply.body), { status: reply.status }));
    return new Promise((_, fail) => init.signal?.addEventListener('abort', () => fail(new DOMException('', 'TimeoutError'))));
  };

  /** Where each order went, in order. */
  get ways(): string[] {
    return this.orders.map(({ url }) => `${url.port === '8711' ? 'core' : 'station'} ${url.pathname}`);
  }

  get WebSocket(): new () => unknown {
    const take = (socket: { onmessage: ((event: { data: string }) => void) | null }): void => void (this.#socket = socket);
    return class {
      onmessage: ((event: { data: string }) => void) | null = null;
      constructor() {
        take(this);
      }
      close(): void {
        this.onmessage = null;
      }
    };
  }

  say(state: object, atS = 1000): void {
    this.#cursor += 1;
    const whole = { vehicles: {}, requests: {}, deliveries: {}, commands: {}, pictures: {}, alerts: {}, flight: beat, ...state };
    this.#socket?.onmessage?.({ data: JSON.stringify({ type: 'snapshot', cursor: this.#cursor, at_s: atS, state: whole }) });
  }
}

/** A command as the services answer with it. */
export const commandOf = (change: object = {}): object => ({
  id: freshId(),
  vehicle_id: 'v1',
  action: 'recall',
  author: '操縦 太郎',
  state: 'sent',
  text: { ja: '送信中', en: 'sending' },
  created_at_s: 1001,
  changed_at_s: 1001,
  ...change,
});
