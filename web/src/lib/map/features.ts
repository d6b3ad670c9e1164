/** GeoJSON of what the map shows, as pure functions of state. Coordinates are WGS 84 lon, lat; distances metres. */

import type { Feature, FeatureCollection, LineString, Point, Polygon } from 'geojson';
import type { Place, Town } from '../api/types';
import type { Text } from '../i18n/words';
import { freshness } from '../live/protocol';

export type Sources = Readonly<Record<SourceName, FeatureCollection>>;

export const sourceNames = [
  'boundary',
  'lines',
  'airspace',
  'fence',
  'corridor',
  'footprints',
  'track',
  'route',
  'marks',
  'places',
  'pictures',
  'aircraft',
] as const;
export type SourceName = (typeof sourceNames)[number];

export type Say = (text: Text) => string;

export const nothing: FeatureCollection = { type: 'FeatureCollection', features: [] };

const collection = (features: Feature[]): FeatureCollection => ({ type: 'FeatureCollection', features });

const point = (lon: number, lat: number): Point => ({ type: 'Point', coordinates: [lon, lat] });

const line = (coordinates: readonly (readonly number[])[]): LineString => ({
  type: 'LineString',
  coordinates: coordinates.map((at) => [at[0] ?? 0, at[1] ?? 0]),
});

const placeRank: Record<string, number> = { depot: 0, landing_site: 1, station: 2, shelter: 3, settlement: 4 };

/** Places with their icon, name and rank; `highlightId` is drawn as chosen. */
export function placeFeatures(places: readonly Place[], say: Say, highlightId: string | null = null): FeatureCollection {
  return collection(
    places.map((place) => ({
      type: 'Feature',
      id: place.id,
      geometry: point(place.lon_deg, place.lat_deg),
      properties: {
        id: place.id,
        kind: place.kind,
        name: say(place.name),
        rank: placeRank[place.kind] ?? 9,
        chosen: place.id === highlightId,
      },
    })),
  );
}

interface NamedProperties {
  readonly name_ja?: string;
  readonly name_en?: string;
}

/** GeoJSON of the service with `name` in the chosen language. */
export function namedFeatures(given: unknown, say: Say): FeatureCollection {
  const features = (given as Partial<FeatureCollection> | null)?.features ?? [];
  return collection(
    features.map((feature) => {
      const properties = (feature.properties ?? {}) as NamedProperties & Record<string, unknown>;
      const name = say({ ja: properties.name_ja ?? '', en: properties.name_en ?? '' });
      return { ...feature, properties: { ...properties, name } };
    }),
  );
}

/** The town's boundary; the service may send a bare geometry, a feature or a collection. */
export function boundaryFeatures(boundary: unknown): FeatureCollection {
  const shape = boundary as { type?: string; features?: Feature[] } | null;
  if (shape?.type === 'FeatureCollection') return shape as FeatureCollection;
  if (shape?.type === 'Feature') return collection([shape as unknown as Feature]);
  if (shape?.type === undefined) return nothing;
  return collection([{ type: 'Feature', geometry: shape as unknown as Polygon, properties: {} }]);
}

export interface RouteLeg {
  readonly number: number;
  readonly phase: string;
  readonly start: readonly number[];
  readonly end: readonly number[];
}

/** The planned route, leg by leg: out, at the site, and home. */
export function routeFeatures(legs: readonly RouteLeg[], highlightLeg: number | null = null): FeatureCollection {
  return collection(
    legs.map((leg) => ({
      type: 'Feature',
      geometry: line([leg.start, leg.end]),
      properties: { phase: leg.phase, leg: leg.number, home: leg.phase === 'return', chosen: leg.number === highlightLeg },
    })),
  );
}

/** A plain line, e.g. a route of which only the places are known. */
export function lineFeatures(coordinates: readonly (readonly number[])[]): FeatureCollection {
  if (coordinates.length < 2) return nothing;
  return collection([{ type: 'Feature', geometry: line(coordinates), properties: { phase: 'outbound', home: false } }]);
}

/** The area the autopilot must stay in. */
export function fenceFeatures(ring: readonly (readonly number[])[]): FeatureCollection {
  const first = ring[0];
  if (first === undefined || ring.length < 3) return nothing;
  return collection([{ type: 'Feature', geometry: line([...ring, first]), properties: {} }]);
}

/** A mark on the map: a finding's place, the last turn-back point, the place pointed at in the profile. */
export interface Mark {
  readonly lonDeg: number;
  readonly latDeg: number;
  readonly kind: 'finding' | 'turn-back' | 'pointer';
  readonly name: string;
}

export function markFeatures(marks: readonly Mark[]): FeatureCollection {
  return collection(
    marks.map((mark) => ({
      type: 'Feature',
      geometry: point(mark.lonDeg, mark.latDeg),
      properties: { kind: mark.kind, name: mark.name },
    })),
  );
}

export interface AircraftAt {
  readonly id: string;
  readonly name: Text;
  readonly lonDeg: number;
  readonly latDeg: number;
  readonly headingDeg: number | null;
  readonly groundspeedMps: number | null;
  /** When the position was true, Unix seconds. */
  readonly atS: number;
  readonly airborne: boolean;
  readonly link: 'none' | 'fresh' | 'stale' | 'lost';
}

/** Fresh: filled with a heading. Stale: grey with a heading. Old or silent: hollow, no heading. */
export function aircraftFeatures(aircraft: readonly AircraftAt[], nowS: number, say: Say): FeatureCollection {
  return collection(
    aircraft.map((one) => {
      const age = freshness(nowS - one.atS, 1);
      const look = one.link === 'lost' || one.link === 'none' ? 'old' : age;
      return {
        type: 'Feature',
        id: one.id,
        geometry: point(one.lonDeg, one.latDeg),
        properties: {
          id: one.id,
          name: say(one.name),
          look,
          icon: look === 'old' || one.headingDeg === null ? `aircraft-${look}-round` : `aircraft-${look}`,
          heading: look === 'old' ? 0 : (one.headingDeg ?? 0),
        },
      };
    }),
  );
}

const metresPerDegree = 111_320;
const longestCorridorM = 8000;

/** Where a silent aircraft can be by now: a disc round its last place that grows with its last speed. */
export function corridorFeatures(aircraft: readonly AircraftAt[], nowS: number): FeatureCollection {
  const silent = aircraft.filter(
    (one) => one.airborne && (one.link === 'lost' || freshness(nowS - one.atS, 1) === 'old'),
  );
  if (silent.length === 0) return nothing;
  return collection(
    silent.map((one) => {
      const reachM = Math.min(longestCorridorM, Math.max(30, (nowS - one.atS) * Math.max(2, one.groundspeedMps ?? 0)));
      return {
        type: 'Feature',
        geometry: circle(one.lonDeg, one.latDeg, reachM),
        properties: { id: one.id, reach_m: reachM },
      };
    }),
  );
}

/** A circle as a polygon of 48 sides, good for map drawing up to some tens of kilometres. */
export function circle(lonDeg: number, latDeg: number, radiusM: number): Polygon {
  const sides = 48;
  const perLon = metresPerDegree * Math.cos((latDeg * Math.PI) / 180);
  const ring = Array.from({ length: sides + 1 }, (_, index) => {
    const angle = ((index % sides) / sides) * 2 * Math.PI;
    return [lonDeg + (radiusM * Math.sin(angle)) / perLon, latDeg + (radiusM * Math.cos(angle)) / metresPerDegree];
  });
  return { type: 'Polygon', coordinates: [ring] };
}

export interface PictureAt {
  readonly id: string;
  readonly lon_deg?: number | null;
  readonly lat_deg?: number | null;
  readonly heading_deg?: number | null;
  readonly state?: 'thumbnail' | 'partial' | 'complete';
}

/** Pictures that have a place; those without are left to lists. */
export function pictureFeatures(pictures: readonly PictureAt[], chosenId: string | null = null): FeatureCollection {
  return collection(
    pictures.flatMap((picture) =>
      picture.lon_deg == null || picture.lat_deg == null
        ? []
        : [
            {
              type: 'Feature' as const,
              geometry: point(picture.lon_deg, picture.lat_deg),
              properties: { id: picture.id, whole: picture.state !== 'thumbnail', chosen: picture.id === chosenId },
            },
          ],
    ),
  );
}

/** What stands still: boundary, lines, airspace and places of a town. */
export function townSources(town: Town, say: Say, highlightId: string | null = null): Partial<Sources> {
  return {
    boundary: boundaryFeatures(town.boundary),
    lines: namedFeatures(town.lines, say),
    airspace: namedFeatures(town.airspace, say),
    places: placeFeatures(town.places, say, highlightId),
  };
}
