import { describe, expect, test } from 'vitest';
import { nearestPoint, niceStep, profileGeometry, siteDistance, type ProfilePoint } from '$lib/profile/geometry';

const points: ProfilePoint[] = [0, 1000, 2000, 3000, 4000].map((distance_m, index) => ({
  distance_m,
  lon_deg: 133,
  lat_deg: 34,
  ground_amsl_m: 300 + 100 * (index % 2),
  route_amsl_m: 480,
  energy_left_wh: 1000 - 200 * index,
  phase: index < 3 ? 'outbound' : 'return',
}));

const input = { points, ceilingAglM: 150, clearanceM: 40, usableWh: 1000, reserveWh: 250, lastTurnBackM: 2500 };
const shape = () => {
  const geometry = profileGeometry(input, 800, 200);
  if (geometry === null) throw new Error('no geometry');
  return geometry;
};

describe('height profile', () => {
  test('spans the whole distance and puts higher things higher', () => {
    const geometry = shape();
    expect(geometry.x(0)).toBe(geometry.left);
    expect(geometry.x(4000)).toBeCloseTo(geometry.right);
    expect(geometry.y(480)).toBeLessThan(geometry.y(300));
  });

  test('the highest ceiling and the lowest ground both fit', () => {
    const geometry = shape();
    expect(geometry.y(400 + 150)).toBeGreaterThanOrEqual(geometry.top);
    expect(geometry.y(300)).toBeLessThanOrEqual(geometry.bottom);
  });

  test('the reserve lies a quarter up the energy strip', () => {
    const geometry = shape();
    const share = (geometry.energyBottom - geometry.reserveY) / (geometry.energyBottom - geometry.energyTop);
    expect(share).toBeCloseTo(0.25);
  });

  test('site and turn-back point stand at their distances', () => {
    const geometry = shape();
    expect(geometry.siteX).toBeCloseTo(geometry.x(2000));
    expect(geometry.turnBackX).toBeCloseTo(geometry.x(2500));
  });

  test('the ground is closed and has no broken number', () => {
    const { ground, route, clearance, ceiling, energy } = shape();
    expect(ground.endsWith('Z')).toBe(true);
    for (const path of [ground, route, clearance, ceiling, energy]) expect(path).not.toMatch(/NaN|Infinity/);
  });

  test('there is nothing to draw without points, without length or without room', () => {
    expect(profileGeometry({ ...input, points: [] }, 800, 200)).toBeNull();
    expect(profileGeometry({ ...input, points: points.slice(0, 1) }, 800, 200)).toBeNull();
    expect(profileGeometry(input, 0, 0)).toBeNull();
  });

  test('a route that does not come home has no site line', () => {
    expect(siteDistance(points.slice(0, 3))).toBeNull();
  });
});

test('steps are 1, 2 or 5 times a power of ten', () => {
  expect([niceStep(4000, 8), niceStep(10, 10), niceStep(290, 3), niceStep(7, 2)]).toEqual([500, 1, 100, 5]);
});

test('the nearest sample answers for a distance', () => {
  expect(nearestPoint(points, 1490)?.distance_m).toBe(1000);
  expect(nearestPoint(points, 9999)?.distance_m).toBe(4000);
  expect(nearestPoint([], 1)).toBeNull();
});
