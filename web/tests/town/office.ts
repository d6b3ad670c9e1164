/** A town office at the other end: answers HTTP and one WebSocket, and keeps what was asked of it. */

import type { Office } from '$lib/api/types';

type State = Office['OfficeLive'];
type Line = { onmessage: ((event: { data: string }) => void) | null };

export const calm: State = {
  vehicles: {},
  deliveries: {},
  requests: {},
  pictures: {},
  stations: {},
  alerts: {},
  storage: {},
  broker_connected: true,
  clock_s: 1000,
};

export class OfficeDouble {
  readonly posted: unknown[] = [];
  answer: { status: number; body: unknown } = { status: 201, body: {} };
  /** What the first page of pictures holds. */
  pictures: readonly Office['PictureOut'][] = [];
  #socket: Line | null = null;
  #cursor = 0;

  readonly fetch = (url: URL, init: RequestInit): Promise<Response> => {
    if (init.method === 'POST') this.posted.push(JSON.parse(String(init.body)));
    const { status, body } = init.method === 'POST' ? this.answer : { status: 200, body: { pictures: this.pictures, next_cursor: null } };
    const named = url.pathname.endsWith('/requests') || url.pathname.endsWith('/pictures');
    return Promise.resolve(new Response(JSON.stringify(body), { status: named ? status : 404 }));
  };

  /** The class the page opens as its WebSocket. */
  get WebSocket(): new () => unknown {
    const take = (socket: Line): void => void (this.#socket = socket);
    return class {
      onmessage: ((event: { data: string }) => void) | null = null;
      onclose: ((event: { code: number }) => void) | null = null;
      constructor() {
        take(this);
      }
      close(): void {
        this.onmessage = null;
      }
    };
  }

  say(state: Partial<State>, atS = 1000): void {
    this.#cursor += 1;
    const message = { type: 'snapshot', cursor: this.#cursor, at_s: atS, state: { ...calm, ...state } };
    this.#socket?.onmessage?.({ data: JSON.stringify(message) });
  }
}
