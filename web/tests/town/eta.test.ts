import { expect, test } from 'vitest';
import { etaWords, firstLeft } from '../../src/town/eta';
import { delivery } from './made';

const at = Date.UTC(2026, 10, 23, 5, 0, 0) / 1000;

test('the arrival is a time of day in Japan and how long it takes', () => {
  expect(etaWords(delivery({ eta_s: at + 190 }), at).ja).toBe('14:03 ごろ着く（あと 3分10秒）');
});

test('an arrival that is due is now, and never a negative time', () => {
  expect(etaWords(delivery({ eta_s: at - 60 }), at).ja).toBe('まもなく着く');
});

test('what is down says when; without a time it says that none is known', () => {
  expect(etaWords(delivery({ eta_s: at, delivered_at_s: at + 60 }), at).ja).toBe('14:01 に届きました');
  expect(etaWords(delivery(), at).ja).toBe('着く時刻は計算中');
  expect(etaWords(null, at).ja).toBe('着く時刻は計算中');
});

test('the first of several loads counts', () => {
  expect(firstLeft([delivery({ eta_s: at + 600 }), delivery({ eta_s: at + 45 }), null], at)?.ja).toBe('あと 45 秒');
  expect(firstLeft([null, delivery()], at)).toBeNull();
});
