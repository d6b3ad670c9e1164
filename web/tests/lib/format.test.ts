import { describe, expect, test } from 'vitest';
import { age, bytes, distance, duration, height, mass, percent, speed } from '$lib/format/quantities';
import { clock, clockWithSeconds, dateAndClock } from '$lib/format/time';
import { mgrs, utm, utmPoint } from '$lib/format/utm';

describe('quantities', () => {
  test('distances are metres below a kilometre', () => {
    expect([0, 84.4, 999, 999.6, 1234, 9960, 12_345].map(distance)).toEqual([
      '0 m',
      '84 m',
      '999 m',
      '1.0 km',
      '1.2 km',
      '10 km',
      '12 km',
    ]);
  });

  test('a negative number keeps its sign and never reads as minus zero', () => {
    expect(height(-3)).toBe('−3 m');
    expect(height(-0.2)).toBe('0 m');
    expect(speed(-0.04)).toBe('0.0 m/s');
  });

  test('masses, percents and bytes', () => {
    expect([mass(4), percent(71.6), bytes(999), bytes(48_000), bytes(1_250_000)]).toEqual([
      '4.0 kg',
      '72 %',
      '999 B',
      '48 kB',
      '1.3 MB',
    ]);
  });

  test('durations read as people say them', () => {
    expect([5, 190, 3660, -4].map((s) => duration(s).ja)).toEqual(['5 秒', '3分10秒', '1時間1分', '0 秒']);
    expect(duration(190).en).toBe('3 min 10 s');
  });

  test('ages get coarser', () => {
    expect([12.9, 119, 120, 7200, 200_000].map((s) => age(s).ja)).toEqual(['12 秒', '119 秒', '2 分', '2 時間', '2 日']);
  });
});

describe('times are JST wherever the browser is', () => {
  const atS = Date.UTC(2026, 10, 22, 18, 5, 9) / 1000;

  test('clock and date', () => {
    expect(clock(atS)).toBe('03:05');
    expect(clockWithSeconds(atS)).toBe('03:05:09');
    expect(dateAndClock(atS)).toBe('2026-11-23 03:05');
  });
});

describe('UTMポイント', () => {
  test("the model town's office is 53SLU395415", () => {
    expect(mgrs(133.2486, 34.7036)).toBe('53SLU395415');
    expect(utmPoint(133.2486, 34.7036)).toBe('53S LU 395 415');
  });

  test.each([
    [128.4732, 35.973, '52SDE525810'],
    [137.3916, 25.4416, '53RQJ405160'],
    [123.3029, 42.4243, '51TWG249969'],
    [145.8998, 34.3458, '55SCU988010'],
    [-70.6, -33.4, '19HCD512032'],
  ])('%d, %d is %s, as the mgrs library says', (lon, lat, code) => {
    expect(mgrs(lon, lat)).toBe(code);
  });

  test('agrees with pyproj EPSG:32653 within a centimetre', () => {
    const point = utm(133.2486, 34.7036);
    expect(point?.eastingM).toBeCloseTo(339598.837, 1);
    expect(point?.northingM).toBeCloseTo(3841570.234, 1);
  });

  test('there is none at the poles or for no place', () => {
    expect(utm(0, 85)).toBeNull();
    expect(mgrs(Number.NaN, Number.NaN)).toBe('');
  });
});
