/** Routes of deliveries for the map: out solid, the way home dashed. Pure. */

import type { FeatureCollection } from 'geojson';
import type { Place } from '$lib/api/types';
import { routeFeatures, type RouteLeg } from '$lib/map/features';
import { distanceM } from './geodesy';
import type { Delivery } from './work';

/** The index of the route's point that is nearest to a place; the last point for an unknown place. */
export function turnIndex(route: readonly (readonly number[])[], site: Place | undefined): number {
  if (site === undefined) return route.length - 1;
  let nearest = route.length - 1;
  let nearestM = Infinity;
  route.forEach((at, index) => {
    const apartM = distanceM(site.lon_deg, site.lat_deg, at[0] ?? 0, at[1] ?? 0);
    if (apartM < nearestM) {
      nearest = index;
      nearestM = apartM;
    }
  });
  return nearest;
}

function legsOf(delivery: Delivery, site: Place | undefined): RouteLeg[] {
  const turn = turnIndex(delivery.route, site);
  return delivery.route.slice(1).map((end, index) => ({
    number: index,
    phase: index < turn ? 'outbound' : 'return',
    start: delivery.route[index] ?? end,
    end,
  }));
}

/** The routes of deliveries that are prepared or in the air. */
export function deliveryRoutes(deliveries: readonly Delivery[], places: readonly Place[]): FeatureCollection {
  const sites = new Map(places.map((place) => [place.id, place]));
  return routeFeatures(deliveries.flatMap((delivery) => legsOf(delivery, sites.get(delivery.site_id))));
}
