/** The HTTP client: same origin only, JSON, a deadline on every call, the CSRF token on every change. */

import { words, type Text } from '../i18n/words';
import { problemFrom, unreachable } from './problem';

const deadlineMs = 20_000;

let csrfToken = '';
let server: Text = words.stationServer;

/** Call this page's server by this name where it does not answer; without it, the station. */
export function nameServer(name: Text): void {
  server = name;
}

/** Carry this token in every change from now on. */
export function setCsrfToken(token: string): void {
  csrfToken = token;
}

/** The address of an API path, e.g. `town`, beside the page. */
export function apiUrl(path: string): URL {
  return new URL(`./api/${path}`, document.baseURI);
}

async function call(method: string, path: string, body?: unknown, withinMs = deadlineMs): Promise<unknown> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (method !== 'GET') headers['X-CSRF-Token'] = csrfToken;
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  let response: Response;
  let answer: unknown = null;
  try {
    response = await fetch(apiUrl(path), {
      method,
      headers,
      credentials: 'same-origin',
      signal: AbortSignal.timeout(withinMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    answer = text === '' ? null : JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw problemFrom(502, null);
    throw unreachable(server);
  }
  if (!response.ok) throw problemFrom(response.status, answer);
  return answer;
}

export async function get<Answer>(path: string): Promise<Answer> {
  return (await call('GET', path)) as Answer;
}

export async function post<Answer>(path: string, body?: unknown, withinMs?: number): Promise<Answer> {
  return (await call('POST', path, body, withinMs)) as Answer;
}

export async function remove<Answer>(path: string): Promise<Answer> {
  return (await call('DELETE', path)) as Answer;
}

/** A fresh id for a command, 24 characters; `crypto.randomUUID` is missing on plain-HTTP addresses, so it is not used. */
export function freshId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
