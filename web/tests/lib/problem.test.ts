import { expect, test } from 'vitest';
import { asProblem, problemFrom, unreachable } from '$lib/http/problem';
import { words } from '$lib/i18n/words';
import { wayOf } from '../../src/signin/way';

test('a problem keeps both languages and its cure', () => {
  const problem = problemFrom(409, { code: 'refused', what: { ja: '拒否', en: 'no' }, cure: { ja: '直す', en: 'mend' } });
  expect(problem).toMatchObject({ status: 409, code: 'refused', what: { ja: '拒否' }, cure: { en: 'mend' } });
});

test('an answer that is no problem+json is named by its status', () => {
  expect(problemFrom(502, '<html>')).toMatchObject({ code: 'http-502', what: { ja: 'できませんでした（502）' }, cure: null });
});

test('a fault of the page itself is not shown as a problem', () => {
  expect(() => asProblem(new TypeError('x'))).toThrow(TypeError);
  expect(asProblem(unreachable(words.stationServer)).status).toBe(0);
});

test('the query string says how a person comes in', () => {
  expect(wayOf('')).toEqual({ kind: 'sign-in' });
  expect(wayOf('?setup=abc')).toEqual({ kind: 'set-up', token: 'abc' });
  expect(wayOf('?invitation=xyz')).toEqual({ kind: 'invitation', token: 'xyz' });
});
