/** Generated from web/openapi/office.json by `npm run api`: change the service, not this file. */

export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * AircraftOut
         * @description What the pages need of an aircraft type.
         */
        AircraftOut: {
            /** Gear */
            gear: string;
            /** Home Site Id */
            home_site_id: string;
            /** Max Payload Kg */
            max_payload_kg: number;
            name: components["schemas"]["TextOut"];
            /** Vehicle Id */
            vehicle_id: string;
        };
        /**
         * AlertOut
         * @description Something a person must know. `level`: `warn` or `act`.
         */
        AlertOut: {
            /** At S */
            at_s: number;
            /** Id */
            id: string;
            /**
             * Level
             * @enum {string}
             */
            level: "warn" | "act";
            text: components["schemas"]["TextOut"];
            /** Vehicle Id */
            vehicle_id: string | null;
        };
        /**
         * DeliveryOut
         * @description A delivery as last reported. `route` is lon, lat.
         */
        DeliveryOut: {
            /** At S */
            at_s: number;
            /** Delivered At S */
            delivered_at_s: number | null;
            /** Eta S */
            eta_s: number | null;
            /** Id */
            id: string;
            /** Item */
            item: string;
            /** Mass Kg */
            mass_kg: number;
            /** Request Id */
            request_id: string;
            /** Route */
            route: [
                number,
                number
            ][];
            /** Site Id */
            site_id: string;
            /** State */
            state: string;
            /** Station Id */
            station_id: string;
            text: components["schemas"]["TextOut"];
            /** Vehicle Id */
            vehicle_id: string;
        };
        /**
         * HealthOut
         * @description What a supervisor asks for.
         */
        HealthOut: {
            /** Details */
            details: {
                [key: string]: string;
            };
            /**
             * Status
             * @enum {string}
             */
            status: "ok" | "degraded";
        };
        /**
         * InvitationIn
         * @description A password chosen through an invitation.
         */
        InvitationIn: {
            /** Password */
            password: string;
            /** Token */
            token: string;
        };
        /**
         * InvitationOut
         * @description The one-time link of a new person.
         */
        InvitationOut: {
            /** Expires At S */
            expires_at_s: number;
            /** Path */
            path: string;
            /** Person Id */
            person_id: string;
        };
        /**
         * LiveMessage
         * @description One message of `/api/live`: a snapshot, then merge patches (RFC 7386), and a beat each second.
         */
        LiveMessage: {
            /** At S */
            at_s: number;
            /** Cursor */
            cursor: number;
            /** Patch */
            patch?: {
                [key: string]: unknown;
            } | null;
            /** State */
            state?: {
                [key: string]: unknown;
            } | null;
            /**
             * Type
             * @enum {string}
             */
            type: "snapshot" | "delta" | "beat";
        };
        /**
         * OfficeLive
         * @description The state on `/api/live` of the office: the newest 500 pictures, all that is open.
         */
        OfficeLive: {
            /** Alerts */
            alerts: {
                [key: string]: components["schemas"]["AlertOut"];
            };
            /** Broker Connected */
            broker_connected: boolean;
            /** Clock S */
            clock_s: number;
            /** Deliveries */
            deliveries: {
                [key: string]: components["schemas"]["DeliveryOut"];
            };
            /** Pictures */
            pictures: {
                [key: string]: components["schemas"]["PictureOut"];
            };
            /** Requests */
            requests: {
                [key: string]: components["schemas"]["RequestOut"];
            };
            /** Stations */
            stations: {
                [key: string]: components["schemas"]["StationOut"];
            };
            /** Vehicles */
            vehicles: {
                [key: string]: components["schemas"]["VehicleOut"];
            };
        };
        /**
         * Permission
         * @description What a role allows.
         * @enum {string}
         */
        Permission: "see" | "report" | "request-delivery" | "plan" | "fly" | "run-drill" | "manage-people";
        /**
         * PersonIn
         * @description A new person; they choose their own password through the link that comes back.
         */
        PersonIn: {
            /** Name */
            name: string;
            /** Roles */
            roles: components["schemas"]["Role"][];
        };
        /**
         * PersonOut
         * @description A person who is signed in.
         */
        PersonOut: {
            /** Id */
            id: string;
            /** Name */
            name: string;
            /** Permissions */
            permissions: components["schemas"]["Permission"][];
            /** Roles */
            roles: components["schemas"]["Role"][];
        };
        /**
         * PictureOut
         * @description A picture. `state`: `thumbnail` (only that has come), `partial` (on the way), `complete`.
         *
         *     `before_after`: from before or after the disaster, if known. `who` took it.
         */
        PictureOut: {
            /** Alt Amsl M */
            alt_amsl_m: number | null;
            /** Before After */
            before_after: ("before" | "after") | null;
            /** Chunks Have */
            chunks_have: number;
            /** Chunks Total */
            chunks_total: number;
            /** Delivery Id */
            delivery_id: string | null;
            /** Heading Deg */
            heading_deg: number | null;
            /** Id */
            id: string;
            /** Lat Deg */
            lat_deg: number | null;
            /** Lon Deg */
            lon_deg: number | null;
            /** Original */
            original: string | null;
            /** Preview */
            preview: string | null;
            /** Received At S */
            received_at_s: number;
            /**
             * Release
             * @enum {string}
             */
            release: "unreviewed" | "agencies" | "public" | "withheld";
            /** Sha256 */
            sha256: string;
            /** Simulated */
            simulated: boolean;
            /** Size Bytes */
            size_bytes: number;
            /**
             * State
             * @enum {string}
             */
            state: "thumbnail" | "partial" | "complete";
            /** Station Id */
            station_id: string;
            /** Taken At S */
            taken_at_s: number;
            /** Thumbnail */
            thumbnail: string;
            /** Vehicle Id */
            vehicle_id: string | null;
            /** Who */
            who: string;
        };
        /**
         * PicturePageOut
         * @description A page of pictures, newest first; `next_cursor` is None at the end.
         */
        PicturePageOut: {
            /** Next Cursor */
            next_cursor: string | null;
            /** Pictures */
            pictures: components["schemas"]["PictureOut"][];
        };
        /**
         * PlaceOut
         * @description A named place on the map. `kind`: depot, landing_site, shelter, station, settlement.
         */
        PlaceOut: {
            /** Detail */
            detail: {
                [key: string]: string;
            };
            /** Ground Amsl M */
            ground_amsl_m: number;
            /** Id */
            id: string;
            /** Kind */
            kind: string;
            /** Lat Deg */
            lat_deg: number;
            /** Lon Deg */
            lon_deg: number;
            name: components["schemas"]["TextOut"];
        };
        /**
         * ProblemOut
         * @description problem+json (RFC 9457), with what happened and what to do in both languages.
         */
        ProblemOut: {
            /** Code */
            code: string;
            cure: components["schemas"]["TextOut"] | null;
            /** Detail */
            detail: string;
            /** Status */
            status: number;
            /** Title */
            title: string;
            /** Type */
            type: string;
            what: components["schemas"]["TextOut"];
        };
        /**
         * Realm
         * @description The two worlds; every topic, database and export belongs to exactly one.
         * @enum {string}
         */
        Realm: "live" | "drill";
        /**
         * RequestIn
         * @description A wish for a delivery, passed on to the station.
         */
        RequestIn: {
            /** Item */
            item: string;
            /** Mass Kg */
            mass_kg: number;
            /**
             * Note
             * @default
             */
            note?: string;
            /** Site Id */
            site_id: string;
            /**
             * Urgency
             * @default 1
             */
            urgency?: number;
        };
        /**
         * RequestOut
         * @description A request as the office knows it. `reached_station` is false until the station has said that it has it.
         */
        RequestOut: {
            /** Id */
            id: string;
            /** Item */
            item: string;
            /** Mass Kg */
            mass_kg: number;
            /** Note */
            note: string;
            /** Reached Station */
            reached_station: boolean;
            /** Requested At S */
            requested_at_s: number;
            /** Requested By */
            requested_by: string;
            /** Site Id */
            site_id: string;
            /**
             * Source
             * @enum {string}
             */
            source: "station" | "office";
            /**
             * State
             * @enum {string}
             */
            state: "sent" | "open" | "planned" | "flying" | "delivered" | "withdrawn";
            /** Urgency */
            urgency: number;
        };
        /**
         * Role
         * @description Roles of people. A person may hold several; none implies another but by `grants`.
         * @enum {string}
         */
        Role: "viewer" | "reporter" | "operator" | "dispatcher" | "trainer" | "administrator";
        /**
         * SessionOut
         * @description Who is signed in, in which realm, and the token that changes must carry in `X-CSRF-Token`.
         */
        SessionOut: {
            /** Csrf Token */
            csrf_token: string;
            person: components["schemas"]["PersonOut"] | null;
            realm: components["schemas"]["Realm"];
            /**
             * Service
             * @enum {string}
             */
            service: "station" | "office";
            /** Setup Needed */
            setup_needed: boolean;
            /** Time Scale */
            time_scale: number;
            town_name: components["schemas"]["TextOut"];
        };
        /**
         * SetupIn
         * @description The first administrator, named through the one-time link.
         */
        SetupIn: {
            /** Name */
            name: string;
            /** Password */
            password: string;
            /** Token */
            token: string;
        };
        /**
         * SignInIn
         * @description A name and its password.
         */
        SignInIn: {
            /** Name */
            name: string;
            /** Password */
            password: string;
        };
        /**
         * StationOut
         * @description A station as last heard, and what it still holds for us (未受信).
         */
        StationOut: {
            /** Connected */
            connected: boolean;
            /** Heard At S */
            heard_at_s: number | null;
            /** Id */
            id: string;
            name: components["schemas"]["TextOut"];
            /** Oldest Pending S */
            oldest_pending_s: number | null;
            /** Pending Bytes */
            pending_bytes: number;
            /** Pending Pictures */
            pending_pictures: number;
            /** Pending Records */
            pending_records: number;
        };
        /**
         * TextOut
         * @description A sentence in both languages.
         */
        TextOut: {
            /** En */
            en: string;
            /** Ja */
            ja: string;
        };
        /**
         * TownOut
         * @description The town as the map shows it. The GeoJSON is WGS 84 lon, lat.
         *
         *     `airspace` features have `kind` (no_fly, did, airport, emergency_use), `name_ja`, `name_en`, `source`;
         *     `lines` features have `kind` (road, river), `name_ja`, `name_en`.
         */
        TownOut: {
            /** Aircraft */
            aircraft: components["schemas"]["AircraftOut"][];
            /** Airspace */
            airspace: {
                [key: string]: unknown;
            };
            /** Boundary */
            boundary: {
                [key: string]: unknown;
            };
            /** Bounds */
            bounds: [
                number,
                number,
                number,
                number
            ];
            /** Ceiling Agl M */
            ceiling_agl_m: number;
            /** Clearance M */
            clearance_m: number;
            /** Code */
            code: string;
            /** Credits */
            credits: string[];
            /** Id */
            id: string;
            /** Lines */
            lines: {
                [key: string]: unknown;
            };
            name: components["schemas"]["TextOut"];
            /** Places */
            places: components["schemas"]["PlaceOut"][];
            /** Reserve Fraction */
            reserve_fraction: number;
            terrain_source: components["schemas"]["TextOut"];
            /** Terrain Synthetic */
            terrain_synthetic: boolean;
        };
        /**
         * TrackOut
         * @description A track, oldest first, thinned to `limit` points.
         */
        TrackOut: {
            /** Points */
            points: components["schemas"]["TrackPointOut"][];
            /** Vehicle Id */
            vehicle_id: string;
        };
        /**
         * TrackPointOut
         * @description Where an aircraft was.
         */
        TrackPointOut: {
            /** Alt Amsl M */
            alt_amsl_m: number;
            /** At S */
            at_s: number;
            /** Lat Deg */
            lat_deg: number;
            /** Lon Deg */
            lon_deg: number;
        };
        /**
         * VehicleOut
         * @description An aircraft as last reported by a station.
         */
        VehicleOut: {
            activity: components["schemas"]["TextOut"];
            /** Alt Agl M */
            alt_agl_m: number | null;
            /** Alt Amsl M */
            alt_amsl_m: number;
            /** Armed */
            armed: boolean;
            /** At S */
            at_s: number;
            /** Battery Percent */
            battery_percent: number | null;
            /** Delivery Id */
            delivery_id: string | null;
            /** Groundspeed Mps */
            groundspeed_mps: number | null;
            /** Heading Deg */
            heading_deg: number | null;
            /** Id */
            id: string;
            /** Lat Deg */
            lat_deg: number;
            /**
             * Link
             * @enum {string}
             */
            link: "fresh" | "stale" | "lost";
            /** Lon Deg */
            lon_deg: number;
            /** Mode */
            mode: string;
            name: components["schemas"]["TextOut"];
            /** Received At S */
            received_at_s: number;
            /** Simulated */
            simulated: boolean;
            /** Station Id */
            station_id: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
