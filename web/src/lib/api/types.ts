/** Short names for the generated API types. */

import type { components as OfficeComponents } from './office';
import type { components as StationComponents } from './station';

type Station = StationComponents['schemas'];
type Office = OfficeComponents['schemas'];

export type { Station, Office };
export type Town = Station['TownOut'];
export type Place = Station['PlaceOut'];
export type Session = Station['SessionOut'];
export type Person = Station['PersonOut'];
export type Permission = Person['permissions'][number];
export type Role = Person['roles'][number];
