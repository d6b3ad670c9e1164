/** A request while it is being written, and what is still missing in it. */

import { mass } from '$lib/format/quantities';
import type { Text } from '$lib/i18n/words';
import { requestWords } from './words';

export interface RequestDraft {
  item: string;
  massKg: number | null;
  urgency: 1 | 2 | 3;
  note: string;
}

export function emptyDraft(): RequestDraft {
  return { item: '', massKg: null, urgency: 1, note: '' };
}

export function isOver(draft: RequestDraft, limitKg: number | null): boolean {
  return limitKg !== null && draft.massKg !== null && draft.massKg > limitKg;
}

/** What must be mended before it can be sent, the topmost field first; null if nothing. */
export function missingIn(draft: RequestDraft, siteId: string, limitKg: number | null): Text | null {
  if (draft.item.trim() === '') return requestWords.missing(requestWords.item);
  if (draft.massKg === null || draft.massKg < 0) return requestWords.missing(requestWords.mass);
  if (limitKg !== null && isOver(draft, limitKg)) return requestWords.massOver(mass(limitKg));
  if (siteId === '') return requestWords.missing(requestWords.site);
  return null;
}

export function bodyOf(
  draft: RequestDraft,
  siteId: string,
): { item: string; mass_kg: number; site_id: string; urgency: 1 | 2 | 3; note: string } {
  return {
    item: draft.item.trim(),
    mass_kg: draft.massKg ?? 0,
    site_id: siteId,
    urgency: draft.urgency,
    note: draft.note.trim(),
  };
}
