/** Times of day in Japan Standard Time (UTC+9, no summer time), 24 h, from Unix seconds. */

const jstOffsetS = 9 * 3600;

function parts(atS: number): Date {
  return new Date((atS + jstOffsetS) * 1000);
}

const two = (value: number): string => String(value).padStart(2, '0');

/** `14:32`. */
export function clock(atS: number): string {
  const time = parts(atS);
  return `${two(time.getUTCHours())}:${two(time.getUTCMinutes())}`;
}

/** `14:32:10`, where seconds matter. */
export function clockWithSeconds(atS: number): string {
  return `${clock(atS)}:${two(parts(atS).getUTCSeconds())}`;
}

/** `2026-11-23 14:32`. */
export function dateAndClock(atS: number): string {
  const time = parts(atS);
  return `${time.getUTCFullYear()}-${two(time.getUTCMonth() + 1)}-${two(time.getUTCDate())} ${clock(atS)}`;
}
