/** What went wrong, in both languages, with what to do next. */

import { words, type Text } from '../i18n/words';

export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly what: Text;
  readonly cure: Text | null;

  constructor(problem: { status: number; code: string; what: Text; cure: Text | null }) {
    super(problem.what.en);
    this.name = 'Problem';
    this.status = problem.status;
    this.code = problem.code;
    this.what = problem.what;
    this.cure = problem.cure;
  }
}

/** The server, by the name that people know it by, was not reached at all. */
export function unreachable(server: Text): Problem {
  return new Problem({ status: 0, code: 'unreachable', what: words.offline(server), cure: words.offlineCure });
}

function isText(value: unknown): value is Text {
  return typeof value === 'object' && value !== null && 'ja' in value && 'en' in value;
}

/** The problem of an answer that is no success; a body that is no problem+json is named by its status. */
export function problemFrom(status: number, body: unknown): Problem {
  const fields = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const plain = { ja: `${words.failed.ja}（${status}）`, en: `${words.failed.en} (${status})` };
  return new Problem({
    status,
    code: typeof fields['code'] === 'string' ? fields['code'] : `http-${status}`,
    what: isText(fields['what']) ? fields['what'] : plain,
    cure: isText(fields['cure']) ? fields['cure'] : null,
  });
}

/** Any thrown value as a problem; what is none is thrown on. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  throw error;
}
