/** Quantities as people read them: m or km, m/s, kg, %, and durations. All take SI units. */

import type { Text } from '../i18n/words';

const minus = '−';

function fixed(value: number, digits: number): string {
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? `${minus}${text}` : text;
}

/** `84 m`, `1.2 km`, `12 km`. */
export function distance(metres: number): string {
  if (Math.abs(metres) < 999.5) return `${fixed(metres, 0)} m`;
  const kilometres = metres / 1000;
  return `${fixed(kilometres, Math.abs(kilometres) < 9.95 ? 1 : 0)} km`;
}

/** `84 m`: heights stay in metres. */
export function height(metres: number): string {
  return `${fixed(metres, 0)} m`;
}

/** `4.0 kg`. */
export function mass(kilograms: number): string {
  return `${fixed(kilograms, 1)} kg`;
}

/** `9.8 m/s`. */
export function speed(metresPerSecond: number): string {
  return `${fixed(metresPerSecond, 1)} m/s`;
}

/** `72 %`. */
export function percent(value: number): string {
  return `${fixed(value, 0)} %`;
}

/** `3分10秒` / `3 min 10 s`; above an hour without seconds. Negative durations read as zero. */
export function duration(seconds: number): Text {
  const whole = Math.max(0, Math.round(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const rest = whole % 60;
  if (hours > 0) return { ja: `${hours}時間${minutes}分`, en: `${hours} h ${minutes} min` };
  if (minutes > 0) return { ja: `${minutes}分${String(rest).padStart(2, '0')}秒`, en: `${minutes} min ${rest} s` };
  return { ja: `${rest} 秒`, en: `${rest} s` };
}

/** How long ago, coarse: seconds below two minutes, then minutes, hours, days. */
export function age(seconds: number): Text {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 120) return { ja: `${whole} 秒`, en: `${whole} s` };
  if (whole < 7200) return { ja: `${Math.floor(whole / 60)} 分`, en: `${Math.floor(whole / 60)} min` };
  if (whole < 172_800) return { ja: `${Math.floor(whole / 3600)} 時間`, en: `${Math.floor(whole / 3600)} h` };
  return { ja: `${Math.floor(whole / 86_400)} 日`, en: `${Math.floor(whole / 86_400)} d` };
}

/** `1.2 MB` for a number of bytes. */
export function bytes(count: number): string {
  if (count < 1000) return `${count} B`;
  if (count < 1_000_000) return `${fixed(count / 1000, 0)} kB`;
  return `${fixed(count / 1_000_000, 1)} MB`;
}
