import { expect, test } from 'vitest';
import { deliveredSince, inGroup, onTheWay, stageOf, stepsDone, worksOf } from '../../src/town/work';
import { delivery, request } from './made';

test('a request is being sent until the station has said that it has it', () => {
  expect(stageOf(request({ state: 'sent', reached_station: false }), null)).toBe('sending');
  expect(stageOf(request({ state: 'open', reached_station: false }), null)).toBe('sending');
  expect(stageOf(request({ state: 'open' }), null)).toBe('received');
});

test('the delivery says more than the request', () => {
  expect(stageOf(request({ state: 'planned' }), delivery({ state: 'flying' }))).toBe('flying');
  expect(stageOf(request({ state: 'flying' }), delivery({ state: 'placing' }))).toBe('placing');
  expect(stageOf(request({ state: 'delivered' }), delivery({ state: 'returning', delivered_at_s: 9 }))).toBe('returning');
});

test('a load that is down counts as delivered even if the way home failed', () => {
  expect(stageOf(request(), delivery({ state: 'failed', delivered_at_s: 300 }))).toBe('done');
  expect(stageOf(request(), delivery({ state: 'placing', delivered_at_s: 300 }))).toBe('delivered');
  expect(stageOf(request(), delivery({ state: 'failed' }))).toBe('failed');
});

test('a way home with the load still on board is never called delivered', () => {
  expect(stageOf(request(), delivery({ state: 'returning', delivered_at_s: null }))).toBe('turned');
  expect(stageOf(request(), delivery({ state: 'returning', delivered_at_s: 300 }))).toBe('returning');
});

test('a load of which no word came is neither delivered nor brought back', () => {
  const stage = stageOf(request({ state: 'flying' }), delivery({ state: 'unconfirmed', delivered_at_s: null }));
  expect(stage).toBe('unconfirmed');
  expect(inGroup(worksOf([request({ state: 'flying' })], [delivery({ state: 'unconfirmed' })]), 'inHand')).toHaveLength(1);
});

test('a withdrawn request is over whatever its delivery says', () => {
  expect(stageOf(request({ state: 'withdrawn' }), delivery({ state: 'planned' }))).toBe('withdrawn');
});

test('a state this page does not know is taken as preparing, not as done', () => {
  expect(stageOf(request(), delivery({ state: 'something-new' }))).toBe('preparing');
});

test('a request goes with its newest delivery, and a delivery without a known request is shown too', () => {
  const works = worksOf(
    [request()],
    [
      delivery({ id: 'old', state: 'recalled', at_s: 150 }),
      delivery({ id: 'new', state: 'flying', at_s: 200 }),
      delivery({ id: 'other', request_id: 'r9', state: 'flying', item: '薬' }),
    ],
  );
  expect(works.map((work) => [work.id, work.delivery?.id, work.item])).toEqual([
    ['r1', 'new', '水'],
    ['r9', 'other', '薬'],
  ]);
});

test('what came back without delivering stands first in the open list, then the urgent, then the oldest', () => {
  const works = worksOf(
    [
      request({ id: 'late', requested_at_s: 120 }),
      request({ id: 'early', requested_at_s: 110 }),
      request({ id: 'life', urgency: 3, requested_at_s: 130 }),
      request({ id: 'back' }),
    ],
    [delivery({ request_id: 'back', state: 'recalled' })],
  );
  expect(inGroup(works, 'open').map((work) => work.id)).toEqual(['back', 'life', 'early', 'late']);
  expect(inGroup(works, 'done')).toEqual([]);
});

test('what is over stands newest first', () => {
  const works = worksOf(
    [request({ id: 'a' }), request({ id: 'b' })],
    [
      delivery({ id: 'da', request_id: 'a', state: 'done', at_s: 300 }),
      delivery({ id: 'db', request_id: 'b', state: 'done', at_s: 400 }),
    ],
  );
  expect(inGroup(works, 'done').map((work) => work.id)).toEqual(['b', 'a']);
});

test('on the way are loads in the air that are not down yet, the first to arrive first', () => {
  const works = worksOf(
    ['a', 'b', 'c', 'd'].map((id) => request({ id })),
    [
      delivery({ id: 'da', request_id: 'a', eta_s: 900 }),
      delivery({ id: 'db', request_id: 'b', eta_s: 500 }),
      delivery({ id: 'dc', request_id: 'c', state: 'returning', delivered_at_s: 300 }),
      delivery({ id: 'dd', request_id: 'd', state: 'checked' }),
    ],
  );
  expect(onTheWay(works).map((work) => work.id)).toEqual(['b', 'a']);
  expect(deliveredSince(works, 0)).toBe(1);
  expect(deliveredSince(works, 301)).toBe(0);
});

test('steps only go forward', () => {
  const stages = ['sending', 'received', 'preparing', 'flying', 'placing', 'delivered', 'returning', 'done'] as const;
  const done = stages.map(stepsDone);
  expect(done).toEqual([...done].sort((a, b) => a - b));
  expect(stepsDone('sending')).toBe(0);
  expect(stepsDone('done')).toBe(5);
});
