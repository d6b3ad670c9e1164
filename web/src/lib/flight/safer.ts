/** How an order that makes an aircraft safer reaches the flight core: straight, and else over the station. Pure.

Both ways carry the same id, so that the core takes it once however often it comes. */

import { Problem } from '../http/problem';
import { words } from '../i18n/words';

/** What the core judged of the order itself; whatever else it answers, the other way may still carry the order. */
const judged: readonly string[] = ['expired', 'conflict', 'refused', 'unconfirmed'];

const asked = (error: unknown): Problem => {
  if (error instanceof Problem) return error;
  throw error;
};

/** True if nobody can tell from this answer whether the order was taken. */
function isOpen(problem: Problem): boolean {
  return problem.code === 'unreachable' || (problem.status >= 500 && saysNothing(problem));
}

/** True if it says only that this way is closed, and so nothing of what came the other way. */
function saysNothing(problem: Problem): boolean {
  return !judged.includes(problem.code);
}

/** The order may have been carried out all the same, and `why` says what the last answer was. */
export function notConfirmed(why: Problem): Problem {
  return new Problem({ status: 0, code: 'not-confirmed', what: words.orderNotConfirmed, cure: isOpen(why) ? null : why.what });
}

/** Send by `core`, where there is a way to it, else or in vain by `station`; throws the Problem that stands in the end. */
export async function bySafestWay<Answer>(
  core: (() => Promise<Answer>) | null,
  station: () => Promise<Answer>,
): Promise<Answer> {
  let first: Problem | null = null;
  try {
    if (core !== null) return await core();
  } catch (error) {
    first = asked(error);
    if (!saysNothing(first)) throw first;
  }
  try {
    return await station();
  } catch (error) {
    const second = asked(error);
    if (isOpen(second)) throw notConfirmed(second);
    throw first !== null && isOpen(first) && saysNothing(second) ? notConfirmed(second) : second;
  }
}
