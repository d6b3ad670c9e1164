import { expect, test } from 'vitest';
import { bodyOf, emptyDraft, isOver, missingIn } from '../../src/lib/request/draft';

const full = { item: ' 水 ', massKg: 4, urgency: 2 as const, note: ' 裏口へ ' };

test('the topmost field that is missing is named', () => {
  expect(missingIn(emptyDraft(), '', 7)?.ja).toContain('運ぶ物');
  expect(missingIn({ ...full, massKg: null }, '', 7)?.ja).toContain('質量');
  expect(missingIn(full, '', 7)?.ja).toContain('届け先');
  expect(missingIn(full, 'takamuro', 7)).toBeNull();
});

test('a load over the limit is named with the limit, and let through where the plan decides', () => {
  expect(missingIn({ ...full, massKg: 7.1 }, 'takamuro', 7)?.ja).toContain('7.0 kg');
  expect(missingIn({ ...full, massKg: 7.1 }, 'takamuro', null)).toBeNull();
  expect(isOver({ ...full, massKg: 7 }, 7)).toBe(false);
});

test('what is sent is trimmed', () => {
  expect(bodyOf(full, 'takamuro')).toEqual({
    item: '水',
    mass_kg: 4,
    site_id: 'takamuro',
    urgency: 2,
    note: '裏口へ',
  });
});
