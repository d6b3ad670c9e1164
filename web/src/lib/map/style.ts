/**
 * The map's style as a pure function of theme and tile addresses. There is no `glyphs` address: MapLibre then draws
 * letters itself from the page's own font, so that no font server is asked.
 */

import type { LayerSpecification, StyleSpecification } from 'maplibre-gl';
import { nothing, sourceNames, type SourceName } from './features';
import type { MapPalette } from './palette';

export const mapFont = 'Noto Sans JP Variable';
const font = [mapFont];

const clustered: readonly SourceName[] = ['pictures'];

export interface TileAddresses {
  readonly relief: string;
  readonly contour: string;
}

type Sources = StyleSpecification['sources'];

function stateSources(): Sources {
  return Object.fromEntries(
    sourceNames.map((name) => [
      name,
      {
        type: 'geojson',
        data: nothing,
        ...(clustered.includes(name) ? { cluster: true, clusterRadius: 44, clusterMaxZoom: 17 } : {}),
      },
    ]),
  ) as Sources;
}

/** The ground: relief, contours, rivers and roads. */
export function groundLayers(colour: MapPalette): LayerSpecification[] {
  return [
    { id: 'background', type: 'background', paint: { 'background-color': colour.background } },
    {
      id: 'relief',
      type: 'raster',
      source: 'relief',
      paint: {
        'raster-opacity': colour.relief.opacity,
        'raster-hue-rotate': colour.relief.hueDeg,
        'raster-saturation': colour.relief.saturation,
        'raster-brightness-min': colour.relief.dark,
        'raster-brightness-max': colour.relief.bright,
        'raster-fade-duration': 150,
      },
    },
    {
      id: 'contour',
      type: 'line',
      source: 'contour',
      'source-layer': 'contour',
      minzoom: 12.5,
      filter: ['!', ['to-boolean', ['get', 'index']]],
      paint: { 'line-color': colour.contour, 'line-width': 0.6, 'line-opacity': 0.35 },
    },
    {
      id: 'contour-index',
      type: 'line',
      source: 'contour',
      'source-layer': 'contour',
      minzoom: 11,
      filter: ['to-boolean', ['get', 'index']],
      paint: { 'line-color': colour.contour, 'line-width': 1, 'line-opacity': 0.55 },
    },
    {
      id: 'boundary',
      type: 'line',
      source: 'boundary',
      paint: { 'line-color': colour.boundary, 'line-width': 1.5, 'line-dasharray': [6, 2, 1, 2], 'line-opacity': 0.8 },
    },
    {
      id: 'river',
      type: 'line',
      source: 'lines',
      filter: ['==', ['get', 'kind'], 'river'],
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: { 'line-color': colour.river, 'line-width': ['interpolate', ['linear'], ['zoom'], 10, 1.2, 15, 4] },
    },
    {
      id: 'road-case',
      type: 'line',
      source: 'lines',
      filter: ['==', ['get', 'kind'], 'road'],
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: { 'line-color': colour.roadCase, 'line-width': ['interpolate', ['linear'], ['zoom'], 10, 1.8, 15, 6] },
    },
    {
      id: 'road',
      type: 'line',
      source: 'lines',
      filter: ['==', ['get', 'kind'], 'road'],
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: { 'line-color': colour.road, 'line-width': ['interpolate', ['linear'], ['zoom'], 10, 0.8, 15, 4] },
    },
    {
      id: 'contour-height',
      type: 'symbol',
      source: 'contour',
      'source-layer': 'contour',
      minzoom: 13,
      filter: ['to-boolean', ['get', 'index']],
      layout: {
        'symbol-placement': 'line',
        'symbol-spacing': 380,
        'text-field': ['to-string', ['round', ['get', 'ele']]],
        'text-font': font,
        'text-size': 11,
      },
      paint: { 'text-color': colour.contour, 'text-halo-color': colour.halo, 'text-halo-width': 1.2 },
    },
  ];
}

/** Airspace: hatched and outlined where nobody may fly, outlined where there is a rule to keep. */
export function airspaceLayers(colour: MapPalette): LayerSpecification[] {
  return [
    {
      id: 'airspace-hatch',
      type: 'fill',
      source: 'airspace',
      paint: { 'fill-pattern': ['match', ['get', 'kind'], 'no_fly', 'hatch-act', 'hatch-attention'] },
    },
    {
      id: 'airspace-edge',
      type: 'line',
      source: 'airspace',
      paint: {
        'line-color': ['match', ['get', 'kind'], 'no_fly', colour.act, colour.attention],
        'line-width': 2,
      },
    },
    {
      id: 'airspace-name',
      type: 'symbol',
      source: 'airspace',
      layout: { 'text-field': ['get', 'name'], 'text-font': font, 'text-size': 14, 'text-max-width': 9 },
      paint: {
        'text-color': ['match', ['get', 'kind'], 'no_fly', colour.act, colour.text],
        'text-halo-color': colour.halo,
        'text-halo-width': 2,
      },
    },
  ];
}

/** The plan: fence, corridor of a silent aircraft, flown track, route and marks. */
export function planLayers(colour: MapPalette): LayerSpecification[] {
  return [
    {
      id: 'fence',
      type: 'line',
      source: 'fence',
      paint: { 'line-color': colour.unknown, 'line-width': 1.5, 'line-dasharray': [2, 2] },
    },
    {
      id: 'corridor',
      type: 'fill',
      source: 'corridor',
      paint: { 'fill-color': colour.attention, 'fill-opacity': 0.22, 'fill-outline-color': colour.attention },
    },
    { id: 'footprints', type: 'fill', source: 'footprints', paint: { 'fill-color': colour.normal, 'fill-opacity': 0.18 } },
    {
      id: 'track',
      type: 'line',
      source: 'track',
      layout: { 'line-join': 'round' },
      paint: { 'line-color': colour.unknown, 'line-width': 2.5, 'line-opacity': 0.9 },
    },
    {
      id: 'route-case',
      type: 'line',
      source: 'route',
      layout: { 'line-join': 'round', 'line-cap': 'round' },
      paint: { 'line-color': colour.halo, 'line-width': 8, 'line-opacity': 0.9 },
    },
    {
      id: 'route',
      type: 'line',
      source: 'route',
      filter: ['!', ['get', 'home']],
      layout: { 'line-join': 'round', 'line-cap': 'round' },
      paint: {
        'line-color': ['case', ['to-boolean', ['get', 'chosen']], colour.act, colour.normal],
        'line-width': 4.5,
      },
    },
    {
      id: 'route-home',
      type: 'line',
      source: 'route',
      filter: ['to-boolean', ['get', 'home']],
      layout: { 'line-join': 'round' },
      paint: { 'line-color': colour.normal, 'line-width': 3, 'line-dasharray': [2, 1.6] },
    },
    {
      id: 'marks',
      type: 'symbol',
      source: 'marks',
      layout: {
        'icon-image': ['concat', 'mark-', ['get', 'kind']],
        'icon-allow-overlap': true,
        'text-field': ['get', 'name'],
        'text-font': font,
        'text-size': 13,
        'text-anchor': 'left',
        'text-offset': [1.1, 0],
        'text-optional': true,
      },
      paint: { 'text-color': colour.text, 'text-halo-color': colour.halo, 'text-halo-width': 2 },
    },
  ];
}

/** Places and pictures. */
export function placeLayers(colour: MapPalette): LayerSpecification[] {
  const label = { 'text-color': colour.text, 'text-halo-color': colour.halo, 'text-halo-width': 2 };
  return [
    {
      id: 'settlements',
      type: 'symbol',
      source: 'places',
      filter: ['==', ['get', 'kind'], 'settlement'],
      layout: {
        'text-field': ['get', 'name'],
        'text-font': font,
        'text-size': 13,
        'text-letter-spacing': 0.12,
        'text-variable-anchor': ['center', 'left', 'right', 'top', 'bottom'],
        'text-radial-offset': 0.9,
      },
      paint: { ...label, 'text-opacity': 0.85 },
    },
    {
      id: 'other-places',
      type: 'symbol',
      source: 'places',
      minzoom: 12,
      filter: ['in', ['get', 'kind'], ['literal', ['shelter', 'station']]],
      layout: {
        'icon-image': ['concat', 'place-', ['get', 'kind'], ['case', ['get', 'chosen'], '-chosen', '']],
        'icon-padding': 0,
        'text-field': ['get', 'name'],
        'text-font': font,
        'text-size': 13,
        'text-variable-anchor': ['left', 'right', 'bottom', 'top'],
        'text-radial-offset': 1.05,
        'text-justify': 'auto',
        'text-optional': true,
        'symbol-sort-key': ['get', 'rank'],
      },
      paint: label,
    },
    {
      id: 'places',
      type: 'symbol',
      source: 'places',
      filter: ['in', ['get', 'kind'], ['literal', ['depot', 'landing_site']]],
      layout: {
        'icon-image': ['concat', 'place-', ['get', 'kind'], ['case', ['get', 'chosen'], '-chosen', '']],
        'icon-allow-overlap': true,
        'text-field': ['get', 'name'],
        'text-font': font,
        'text-size': 15,
        'text-max-width': 14,
        'text-variable-anchor': ['top', 'bottom', 'left', 'right'],
        'text-radial-offset': 1.15,
        'text-justify': 'auto',
        'text-optional': true,
        'symbol-sort-key': ['get', 'rank'],
      },
      paint: label,
    },
    {
      id: 'picture-clusters',
      type: 'circle',
      source: 'pictures',
      filter: ['has', 'point_count'],
      paint: {
        'circle-color': colour.surface,
        'circle-stroke-color': colour.normal,
        'circle-stroke-width': 3,
        'circle-radius': ['step', ['get', 'point_count'], 14, 20, 18, 200, 23],
      },
    },
    {
      id: 'picture-counts',
      type: 'symbol',
      source: 'pictures',
      filter: ['has', 'point_count'],
      layout: {
        'text-field': ['get', 'point_count_abbreviated'],
        'text-font': font,
        'text-size': 14,
        'text-allow-overlap': true,
      },
      paint: { 'text-color': colour.text },
    },
    {
      id: 'pictures',
      type: 'symbol',
      source: 'pictures',
      filter: ['!', ['has', 'point_count']],
      layout: {
        'icon-image': ['case', ['get', 'chosen'], 'picture-chosen', ['get', 'whole'], 'picture', 'picture-part'],
        'icon-allow-overlap': true,
      },
    },
  ];
}

/** The aircraft, above all else. */
export function aircraftLayers(colour: MapPalette): LayerSpecification[] {
  return [
    {
      id: 'aircraft',
      type: 'symbol',
      source: 'aircraft',
      layout: {
        'icon-image': ['get', 'icon'],
        'icon-rotate': ['get', 'heading'],
        'icon-rotation-alignment': 'map',
        'icon-allow-overlap': true,
        'icon-ignore-placement': true,
        'text-field': ['get', 'name'],
        'text-font': font,
        'text-size': 14,
        'text-anchor': 'bottom',
        'text-offset': [0, -1.6],
        'text-optional': true,
      },
      paint: { 'text-color': colour.text, 'text-halo-color': colour.halo, 'text-halo-width': 2.2 },
    },
  ];
}

/** The whole style, with empty state sources that the map fills. */
export function mapStyle(colour: MapPalette, tiles: TileAddresses): StyleSpecification {
  return {
    version: 8,
    sources: {
      relief: { type: 'raster', tiles: [tiles.relief], tileSize: 256, minzoom: 8, maxzoom: 16 },
      contour: { type: 'vector', tiles: [tiles.contour], minzoom: 11, maxzoom: 15 },
      ...stateSources(),
    },
    layers: [
      ...groundLayers(colour),
      ...airspaceLayers(colour),
      ...planLayers(colour),
      ...placeLayers(colour),
      ...aircraftLayers(colour),
    ],
  };
}
