/** Records of a town for the tests; each names only what it is about. */

import type { Town } from '$lib/api/types';
import type { Vehicle } from '../../src/town/town.svelte';
import type { Picture } from '../../src/town/pictures';
import type { Station } from '../../src/town/pending';
import type { Delivery, Request } from '../../src/town/work';

export const request = (change: Partial<Request> = {}): Request => ({
  id: 'r1',
  item: '水',
  mass_kg: 4,
  site_id: 'takamuro',
  urgency: 1,
  note: '',
  requested_by: '係 花子',
  requested_at_s: 100,
  state: 'open',
  source: 'office',
  reached_station: true,
  ...change,
});

export const delivery = (change: Partial<Delivery> = {}): Delivery => ({
  id: 'd1',
  request_id: 'r1',
  vehicle_id: 'kakehashi-1',
  station_id: 'station-1',
  site_id: 'takamuro',
  item: '水',
  mass_kg: 4,
  state: 'flying',
  text: { ja: '', en: '' },
  at_s: 200,
  eta_s: null,
  delivered_at_s: null,
  route: [],
  ...change,
});

export const vehicle = (change: Partial<Vehicle> = {}): Vehicle => ({
  id: 'kakehashi-1',
  station_id: 'station-1',
  name: { ja: 'かけはし1号', en: 'Kakehashi 1' },
  at_s: 90,
  received_at_s: 100,
  known_at_s: 92,
  link: 'fresh',
  simulated: true,
  lon_deg: 133.25,
  lat_deg: 34.75,
  alt_amsl_m: 400,
  alt_agl_m: 60,
  heading_deg: 80,
  groundspeed_mps: 12,
  battery_percent: 80,
  mode: 'AUTO',
  armed: true,
  activity: { ja: '', en: '' },
  delivery_id: null,
  ...change,
});

export const picture = (id: string, change: Partial<Picture> = {}): Picture => ({
  id,
  station_id: 'station-1',
  state: 'complete',
  release: 'unreviewed',
  taken_at_s: 1000,
  received_at_s: 1010,
  lon_deg: 133.29,
  lat_deg: 34.75,
  alt_amsl_m: 500,
  heading_deg: 90,
  vehicle_id: 'kakehashi-1',
  delivery_id: null,
  who: 'companion',
  before_after: null,
  sha256: 'ab'.repeat(32),
  size_bytes: 280_000,
  chunks_total: 6,
  chunks_have: 6,
  thumbnail: `/api/pictures/${id}/thumbnail`,
  preview: `/api/pictures/${id}/preview`,
  original: `/api/pictures/${id}/original`,
  simulated: true,
  ...change,
});

export const station = (change: Partial<Station> = {}): Station => ({
  id: 'station-1',
  name: { ja: '地上局', en: 'Station' },
  heard_at_s: 1000,
  connected: true,
  pending_records: 0,
  pending_pictures: 0,
  pending_bytes: 0,
  oldest_pending_s: null,
  ...change,
});

const place = (id: string, kind: string, ja: string, en: string, lonDeg: number, latDeg: number): Town['places'][number] => ({
  id,
  kind,
  name: { ja, en },
  lon_deg: lonDeg,
  lat_deg: latDeg,
  ground_amsl_m: 400,
  detail: {},
});

export const town: Town = {
  id: 'demo',
  name: { ja: '架け橋町', en: 'Kakehashi-cho' },
  code: '00000',
  bounds: [133.2, 34.7, 133.3, 34.8],
  terrain_synthetic: true,
  terrain_source: { ja: '合成地形', en: 'synthetic terrain' },
  credits: [],
  places: [
    place('takamuro', 'landing_site', '高室集会所', 'Takamuro hall', 133.29, 34.75),
    place('center', 'depot', '住民センター', "Residents' centre", 133.25, 34.75),
  ],
  aircraft: [
    {
      vehicle_id: 'kakehashi-1',
      name: { ja: 'かけはし1号', en: 'Kakehashi 1' },
      max_payload_kg: 7,
      home_site_id: 'center',
      gear: 'gripper',
    },
  ],
  airspace: { type: 'FeatureCollection', features: [] },
  lines: { type: 'FeatureCollection', features: [] },
  boundary: { type: 'FeatureCollection', features: [] },
  ceiling_agl_m: 150,
  clearance_m: 40,
  reserve_fraction: 0.2,
};
