/**
 * UTMポイント: places as responders say them, the MGRS form of UTM on WGS 84.
 *
 * Transverse Mercator by Krüger's series to n³ (well under 1 m inside a zone); letters by NGA.STND.0037 (MGRS).
 * Norway's and Svalbard's wide zones are left out: this is for Japan.
 */

const semiMajorM = 6_378_137;
const flattening = 1 / 298.257223563;
const n = flattening / (2 - flattening);
const rectifyingRadiusM = (semiMajorM / (1 + n)) * (1 + n ** 2 / 4 + n ** 4 / 64);
const alpha = [
  n / 2 - (2 / 3) * n ** 2 + (5 / 16) * n ** 3,
  (13 / 48) * n ** 2 - (3 / 5) * n ** 3,
  (61 / 240) * n ** 3,
] as const;
const scale = 0.9996;
const bands = 'CDEFGHJKLMNPQRSTUVWX';
const columns = ['ABCDEFGH', 'JKLMNPQR', 'STUVWXYZ'] as const;
const rows = ['ABCDEFGHJKLMNPQRSTUV', 'FGHJKLMNPQRSTUVABCDE'] as const;

export interface UtmPoint {
  readonly zone: number;
  readonly band: string;
  readonly eastingM: number;
  readonly northingM: number;
}

/** UTM coordinates of a place, or null outside 80°S–84°N. */
export function utm(lonDeg: number, latDeg: number): UtmPoint | null {
  if (!(latDeg >= -80 && latDeg <= 84) || !(Math.abs(lonDeg) <= 180)) return null;
  const zone = Math.min(60, Math.floor((lonDeg + 180) / 6) + 1);
  const band = bands[Math.min(19, Math.floor((latDeg + 80) / 8))] ?? 'X';
  const latitude = (latDeg * Math.PI) / 180;
  const longitude = ((lonDeg - (zone * 6 - 183)) * Math.PI) / 180;
  const e = (2 * Math.sqrt(n)) / (1 + n);
  const t = Math.sinh(Math.atanh(Math.sin(latitude)) - e * Math.atanh(e * Math.sin(latitude)));
  const xi = Math.atan2(t, Math.cos(longitude));
  const eta = Math.atanh(Math.sin(longitude) / Math.hypot(1, t));
  let east = eta;
  let north = xi;
  alpha.forEach((a, index) => {
    const order = 2 * (index + 1);
    east += a * Math.cos(order * xi) * Math.sinh(order * eta);
    north += a * Math.sin(order * xi) * Math.cosh(order * eta);
  });
  return {
    zone,
    band,
    eastingM: 500_000 + scale * rectifyingRadiusM * east,
    northingM: (latDeg < 0 ? 10_000_000 : 0) + scale * rectifyingRadiusM * north,
  };
}

/** MGRS with `digits` figures an axis (3 = 100 m, as UTMポイント is said), e.g. `53SLU395415`; empty if there is none. */
export function mgrs(lonDeg: number, latDeg: number, digits = 3): string {
  const point = utm(lonDeg, latDeg);
  if (point === null) return '';
  const column = columns[(point.zone - 1) % 3]?.[Math.floor(point.eastingM / 100_000) - 1] ?? '?';
  const row = rows[(point.zone - 1) % 2]?.[Math.floor(point.northingM / 100_000) % 20] ?? '?';
  const figures = (metres: number): string =>
    String(Math.floor((metres % 100_000) / 10 ** (5 - digits))).padStart(digits, '0');
  return `${point.zone}${point.band}${column}${row}${figures(point.eastingM)}${figures(point.northingM)}`;
}

/** The same with spaces, to be read out: `53S LU 395 415`. */
export function utmPoint(lonDeg: number, latDeg: number): string {
  const code = mgrs(lonDeg, latDeg);
  const parts = /^(\d+[A-Z])([A-Z]{2})(\d{3})(\d{3})$/.exec(code);
  return parts ? parts.slice(1).join(' ') : code;
}
