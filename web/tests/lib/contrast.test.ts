import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

/** vitest runs in `web/`. */
const css = readFileSync('src/lib/theme/tokens.css', 'utf8');

function tokens(selector: string): Record<string, string> {
  const start = css.indexOf(`${selector} {`);
  const block = css.slice(start, css.indexOf('}', start));
  return Object.fromEntries([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map((match) => [match[1], match[2]]));
}

function luminance(colour: string): number {
  const channel = (at: number): number => {
    const value = parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

/** Contrast ratio of WCAG 2. */
function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

const day = tokens(':root');
const themes = {
  day,
  sunlight: { ...day, ...tokens(":root[data-theme='sunlight']") },
  night: { ...day, ...tokens(":root[data-theme='night']") },
};
const pairs = [
  ['text', 'surface'],
  ['text', 'bg'],
  ['muted', 'surface'],
  ['muted', 'bg'],
  ['muted', 'surface-2'],
  ['grey', 'surface'],
  ['blue-text', 'surface'],
  ['blue-text', 'blue-tint'],
  ['on-blue', 'blue'],
  ['green-text', 'surface'],
  ['green-text', 'green-tint'],
  ['amber-text', 'surface'],
  ['amber-text', 'amber-tint'],
  ['vermilion-text', 'surface'],
  ['vermilion-text', 'vermilion-tint'],
  ['on-purple', 'purple'],
] as const;

describe.each(Object.entries(themes))('contrast by %s', (name, colours) => {
  const least = name === 'sunlight' ? 7 : 4.5;
  test.each(pairs)(`%s on %s is at least ${least}:1`, (ink, ground) => {
    expect(contrast(colours[ink] ?? '', colours[ground] ?? '')).toBeGreaterThanOrEqual(least);
  });
});
