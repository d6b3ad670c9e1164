import { describe, expect, test } from 'vitest';
import { bySafestWay } from '$lib/flight/safer';
import { mergeCommands, stateOf } from '$lib/flight/commands';
import type { Command } from '$lib/flight/core.svelte';
import { Problem, problemFrom, unreachable } from '$lib/http/problem';
import { words } from '$lib/i18n/words';

const silent = unreachable(words.flightCore);
const refused = (status: number, code: string): Problem => problemFrom(status, { code });
const throws = (problem: Problem) => (): Promise<string> => Promise.reject(problem);
const answers = (text: string) => (): Promise<string> => Promise.resolve(text);

async function outcome(core: (() => Promise<string>) | null, station: () => Promise<string>): Promise<string> {
  try {
    return await bySafestWay(core, station);
  } catch (error) {
    return (error as Problem).code;
  }
}

test('the core is asked first, and its answer stands', async () => {
  expect(await outcome(answers('core'), answers('station'))).toBe('core');
});

test('without a way to the core the station is asked', async () => {
  expect(await outcome(null, answers('station'))).toBe('station');
});

test.each([silent, ...[401, 403, 404, 413, 422, 429, 500, 502, 503].map((status) => refused(status, 'x'))])(
  'the station is asked where the core says nothing of the order: %o',
  async (problem) => {
    expect(await outcome(throws(problem), answers('station'))).toBe('station');
  },
);

test.each([
  [409, 'refused'],
  [409, 'conflict'],
  [503, 'expired'],
  [503, 'unconfirmed'],
])('a %i %s of the core is the end of it', async (status, code) => {
  expect(await outcome(throws(refused(status, code)), answers('station'))).toBe(code);
});

describe('in vain both ways', () => {
  test.each([
    ['no answer at all', silent, silent, 'not-confirmed'],
    ['the core silent, the page signed out', silent, refused(401, 'unauthenticated'), 'not-confirmed'],
    ['the core silent, the station without the core', silent, refused(503, 'unavailable'), 'not-confirmed'],
    ['the core silent, then too old for it', silent, refused(504, 'expired'), 'expired'],
    ['the core silent, then refused by it', silent, refused(409, 'refused'), 'refused'],
    ['nobody signed in anywhere', refused(401, 'unauthenticated'), refused(401, 'unauthenticated'), 'unauthenticated'],
    ['the core broken, the station without it', refused(500, 'x'), refused(503, 'unavailable'), 'not-confirmed'],
    ['unknown to the core, the station silent', refused(401, 'unauthenticated'), silent, 'not-confirmed'],
  ])('%s', async (_, core, station, code) => {
    expect(await outcome(throws(core), throws(station))).toBe(code);
  });
});

const command = (id: string, state: Command['state'], changed_at_s: number): Command =>
  ({ id, state, changed_at_s }) as unknown as Command;

test('an order is shown as who told of it last, and as this page knows it only until somebody does', () => {
  const told = [command('a', 'sent', 10), command('a', 'done', 12), command('b', 'running', 11)];
  const given = [command('a', 'not_confirmed', 99), command('c', 'sent', 50)];
  expect(mergeCommands(told, given).map((one) => [one.id, one.state])).toEqual([
    ['a', 'done'],
    ['b', 'running'],
    ['c', 'sent'],
  ]);
});

test.each([
  [504, 'expired', 'expired'],
  [503, 'expired', 'expired'],
  [0, 'not-confirmed', 'not_confirmed'],
  [504, 'unconfirmed', 'not_confirmed'],
  [503, 'unavailable', 'not_confirmed'],
  [500, 'fault', 'not_confirmed'],
  [409, 'refused', 'refused'],
  [401, 'unauthenticated', 'refused'],
] as const)('a problem %i %s leaves the order %s', (status, code, state) => {
  expect(stateOf(refused(status, code))).toBe(state);
});
