/** Press and hold as a machine without a clock: the caller passes the time in. */

export const holdMs = 1200;

export class HoldTimer {
  #pressedMs: number | null = null;

  get isPressed(): boolean {
    return this.#pressedMs !== null;
  }

  /** Begin; a press while one is going on changes nothing. */
  press(nowMs: number): void {
    this.#pressedMs ??= nowMs;
  }

  /** Let go before the end: cancelled. */
  release(): void {
    this.#pressedMs = null;
  }

  /** How much of the ring is full, 0–1. */
  progress(nowMs: number): number {
    return this.#pressedMs === null ? 0 : Math.min(1, Math.max(0, (nowMs - this.#pressedMs) / holdMs));
  }

  /** True exactly once, when the ring is full; the press is over then. */
  fires(nowMs: number): boolean {
    if (this.#pressedMs === null || this.progress(nowMs) < 1) return false;
    this.#pressedMs = null;
    return true;
  }
}
