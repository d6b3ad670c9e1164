/** Aircraft as the map takes them. Pure; heights metres, times Unix seconds. */

import type { Office } from '$lib/api/types';
import type { AircraftAt } from '$lib/map/features';

type Vehicle = Office['VehicleOut'];

const groundedAglM = 1.5;

/** Armed and off the ground, as far as its last word says. */
export function isInAir(vehicle: Vehicle): boolean {
  return vehicle.armed && (vehicle.alt_agl_m ?? Infinity) > groundedAglM;
}

/**
 * Its age is counted from when it was there: a station repeats its last word while an aircraft is silent.
 * On the ground it has no heading, so that the map draws it round.
 */
export function aircraftAt(vehicle: Vehicle): AircraftAt {
  return {
    id: vehicle.id,
    name: vehicle.name,
    lonDeg: vehicle.lon_deg,
    latDeg: vehicle.lat_deg,
    headingDeg: isInAir(vehicle) ? (vehicle.heading_deg ?? null) : null,
    groundspeedMps: vehicle.groundspeed_mps ?? null,
    atS: vehicle.known_at_s,
    airborne: isInAir(vehicle),
    link: vehicle.link,
  };
}
