/** Generated from web/openapi/office.json by `npm run api`: change the service, not this file. */

export interface paths {
    "/api/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read Deliveries
         * @description Return the 500 deliveries that changed last, newest first.
         */
        get: operations["read_deliveries_api_deliveries_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read Health
         * @description Say how the service stands; open to a supervisor.
         */
        get: operations["read_health_api_health_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/invitations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Accept
         * @description Choose a password through an invitation.
         */
        post: operations["accept_api_invitations_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/people": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Invite
         * @description Add a person; they get a link through which they choose their password.
         */
        post: operations["invite_api_people_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/pictures": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read Pictures
         * @description Return a page of pictures, newest first; `since_s` and `until_s` bound when they were taken.
         */
        get: operations["read_pictures_api_pictures_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/pictures/{picture_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read Picture
         * @description Return one picture.
         */
        get: operations["read_picture_api_pictures__picture_id__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/pictures/{picture_id}/original": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read Original
         * @description Return the original as it was taken, camera's metadata included, as a file to keep.
         */
        get: operations["read_original_api_pictures__picture_id__original_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/pictures/{picture_id}/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read Preview
         * @description Return the preview, at most 1600 pixels, without metadata, of a picture that is here whole.
         */
        get: operations["read_preview_api_pictures__picture_id__preview_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/pictures/{picture_id}/thumbnail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read Thumbnail
         * @description Return the thumbnail, at most 320 pixels, without metadata.
         */
        get: operations["read_thumbnail_api_pictures__picture_id__thumbnail_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/requests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read Requests
         * @description Return the newest 500 requests, newest first.
         */
        get: operations["read_requests_api_requests_get"];
        put?: never;
        /**
         * Ask For Delivery
         * @description Ask the station for a delivery; it is kept until the station has it.
         */
        post: operations["ask_for_delivery_api_requests_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read Session
         * @description Say who is signed in; open to all, since the sign-in page needs it.
         */
        get: operations["read_session_api_session_get"];
        put?: never;
        /**
         * Sign In
         * @description Sign in with a name and a password.
         */
        post: operations["sign_in_api_session_post"];
        /**
         * Sign Out
         * @description Sign out.
         */
        delete: operations["sign_out_api_session_delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/setup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Set Up
         * @description Name the first administrator through the one-time link.
         */
        post: operations["set_up_api_setup_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tiles/contour/{z}/{x}/{y}.mvt": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read Contours
         * @description Return contour lines as a vector tile (layer `contour`: `ele` in metres, `index`).
         */
        get: operations["read_contours_api_tiles_contour__z___x___y__mvt_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tiles/relief/{z}/{x}/{y}.png": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read Relief
         * @description Return shaded relief, 256 × 256, transparent where there is no height.
         */
        get: operations["read_relief_api_tiles_relief__z___x___y__png_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/town": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read Town
         * @description Return the town as the map shows it.
         */
        get: operations["read_town_api_town_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/vehicles/{vehicle_id}/track": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read Track
         * @description Return where an aircraft was, oldest first: since ≤ time < until, the last day unless told.
         */
        get: operations["read_track_api_vehicles__vehicle_id__track_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
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
            /**
             * Patch
             * @default null
             */
            patch?: {
                [key: string]: unknown;
            } | null;
            /**
             * State
             * @default null
             */
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
         * @description The state on `/api/live` of the office: the 500 pictures that changed last, all that is open.
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
            /** Storage */
            storage: {
                [key: string]: components["schemas"]["StorageAlarmOut"];
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
         * StorageAlarmOut
         * @description Something that cannot be kept, here or at the other side. `at_s`: since when. `cure`: what to do.
         */
        StorageAlarmOut: {
            /** At S */
            at_s: number;
            cure: components["schemas"]["TextOut"] | null;
            /** Id */
            id: string;
            /**
             * Level
             * @enum {string}
             */
            level: "warn" | "act";
            text: components["schemas"]["TextOut"];
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
         *
         *     `known_at_s` is when it was there by the office's clock: a station repeats its last word while the aircraft is
         *     silent, so `received_at_s` says nothing of how old the position is. `at_s` is by the station's clock.
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
            /** Known At S */
            known_at_s: number;
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
export interface operations {
    read_deliveries_api_deliveries_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryOut"][];
                };
            };
            /** @description Nobody is signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
            /** @description Not allowed: role, origin or CSRF token. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
        };
    };
    read_health_api_health_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthOut"];
                };
            };
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
        };
    };
    accept_api_invitations_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["InvitationIn"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionOut"];
                };
            };
            /** @description Not allowed: role, origin or CSRF token. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
            /** @description The input is not valid. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
        };
    };
    invite_api_people_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PersonIn"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InvitationOut"];
                };
            };
            /** @description Nobody is signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
            /** @description Not allowed: role, origin or CSRF token. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
            /** @description Not in a state that allows this. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
            /** @description The input is not valid. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
        };
    };
    read_pictures_api_pictures_get: {
        parameters: {
            query?: {
                cursor?: string | null;
                east?: number | null;
                limit?: number;
                north?: number | null;
                /** @description Unix seconds */
                since_s?: number | null;
                south?: number | null;
                /** @description Unix seconds */
                until_s?: number | null;
                west?: number | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PicturePageOut"];
                };
            };
            /** @description Nobody is signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
            /** @description Not allowed: role, origin or CSRF token. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
            /** @description The input is not valid. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
        };
    };
    read_picture_api_pictures__picture_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                picture_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PictureOut"];
                };
            };
            /** @description Nobody is signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
            /** @description Not allowed: role, origin or CSRF token. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
            /** @description There is no such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
            /** @description The input is not valid. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
        };
    };
    read_original_api_pictures__picture_id__original_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                picture_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The bytes. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": string;
                    "image/png": string;
                };
            };
            /** @description The browser has it already. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Nobody is signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
            /** @description Not allowed: role, origin or CSRF token. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
            /** @description There is no such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
            /** @description Not in a state that allows this. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
            /** @description The input is not valid. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
        };
    };
    read_preview_api_pictures__picture_id__preview_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                picture_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The bytes. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": string;
                };
            };
            /** @description The browser has it already. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Nobody is signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
            /** @description Not allowed: role, origin or CSRF token. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
            /** @description There is no such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
            /** @description Not in a state that allows this. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
            /** @description The input is not valid. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
        };
    };
    read_thumbnail_api_pictures__picture_id__thumbnail_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                picture_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The bytes. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": string;
                };
            };
            /** @description The browser has it already. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Nobody is signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
            /** @description Not allowed: role, origin or CSRF token. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
            /** @description There is no such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
            /** @description The input is not valid. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
        };
    };
    read_requests_api_requests_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RequestOut"][];
                };
            };
            /** @description Nobody is signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
            /** @description Not allowed: role, origin or CSRF token. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
        };
    };
    ask_for_delivery_api_requests_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RequestIn"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RequestOut"];
                };
            };
            /** @description Nobody is signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
            /** @description Not allowed: role, origin or CSRF token. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
            /** @description The input is not valid. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
        };
    };
    read_session_api_session_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionOut"];
                };
            };
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
        };
    };
    sign_in_api_session_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignInIn"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionOut"];
                };
            };
            /** @description Nobody is signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
            /** @description Not allowed: role, origin or CSRF token. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
            /** @description The input is not valid. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
        };
    };
    sign_out_api_session_delete: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Nobody is signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
            /** @description Not allowed: role, origin or CSRF token. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
        };
    };
    set_up_api_setup_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SetupIn"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionOut"];
                };
            };
            /** @description Not allowed: role, origin or CSRF token. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
            /** @description Not in a state that allows this. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
            /** @description The input is not valid. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
        };
    };
    read_contours_api_tiles_contour__z___x___y__mvt_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                x: number;
                y: number;
                z: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The bytes. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/vnd.mapbox-vector-tile": string;
                };
            };
            /** @description The browser has it already. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Nobody is signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
            /** @description Not allowed: role, origin or CSRF token. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
            /** @description There is no such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
            /** @description The input is not valid. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
        };
    };
    read_relief_api_tiles_relief__z___x___y__png_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                x: number;
                y: number;
                z: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The bytes. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/png": string;
                };
            };
            /** @description The browser has it already. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Nobody is signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
            /** @description Not allowed: role, origin or CSRF token. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
            /** @description There is no such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
            /** @description The input is not valid. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
        };
    };
    read_town_api_town_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TownOut"];
                };
            };
            /** @description Nobody is signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
            /** @description Not allowed: role, origin or CSRF token. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
        };
    };
    read_track_api_vehicles__vehicle_id__track_get: {
        parameters: {
            query?: {
                limit?: number;
                /** @description Unix seconds */
                since_s?: number | null;
                /** @description Unix seconds */
                until_s?: number | null;
            };
            header?: never;
            path: {
                vehicle_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrackOut"];
                };
            };
            /** @description Nobody is signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
            /** @description Not allowed: role, origin or CSRF token. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
            /** @description There is no such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
            /** @description The input is not valid. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemOut"];
                };
            };
        };
    };
}
