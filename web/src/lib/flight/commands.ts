/** The orders on show, from all who tell of them. Pure. */

import type { Problem } from '../http/problem';
import type { Command } from './core.svelte';

/** Each order once: as it was last told of by the station or the core, and as this page knows it only until then. */
export function mergeCommands(told: readonly Command[], given: readonly Command[]): Command[] {
  const merged = new Map<string, Command>();
  for (const command of told) {
    const known = merged.get(command.id);
    if (known === undefined || command.changed_at_s > known.changed_at_s) merged.set(command.id, command);
  }
  for (const command of given) if (!merged.has(command.id)) merged.set(command.id, command);
  return [...merged.values()];
}

/** What an order's problem says became of it. */
export function stateOf(problem: Problem): Command['state'] {
  if (problem.code === 'expired') return 'expired';
  const open = problem.status >= 500 || problem.code === 'not-confirmed' || problem.code === 'unreachable';
  return open ? 'not_confirmed' : 'refused';
}
