/** Findings in the order they matter. */

import type { Station } from '../api/types';

export type Finding = Station['FindingOut'];
export type Cure = Station['CureOut'];

const rank = { refuse: 0, warn: 1, ok: 2 } as const;

/** Refusals first, then warnings, then what is in order; otherwise as found. */
export function sortFindings(findings: readonly Finding[]): Finding[] {
  return [...findings].sort((a, b) => rank[a.level] - rank[b.level]);
}

/** How many findings of a level there are. */
export function countLevel(findings: readonly Finding[], level: Finding['level']): number {
  return findings.filter((finding) => finding.level === level).length;
}
