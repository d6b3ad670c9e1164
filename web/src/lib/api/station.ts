/** Generated from web/openapi/station.json by `npm run api`: change the service, not this file. */

export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * AcceptedWarningIn
         * @description A warning someone takes on themselves: who, and why.
         */
        AcceptedWarningIn: {
            /** Name */
            name: string;
            /** Reason */
            reason: string;
            /** Rule */
            rule: string;
        };
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
         * CheckBy
         * @description Who can tick a check.
         * @enum {string}
         */
        CheckBy: "machine" | "person";
        /**
         * CheckOut
         * @description One line of the checklist 点検. `state`: `ok`, `waiting`, `refuse`, `warn`.
         */
        CheckOut: {
            by: components["schemas"]["CheckBy"];
            cure: components["schemas"]["CureOut"] | null;
            /** Id */
            id: string;
            /**
             * State
             * @enum {string}
             */
            state: "ok" | "waiting" | "refuse" | "warn";
            text: components["schemas"]["TextOut"];
            /** Ticked At S */
            ticked_at_s: number | null;
            /** Ticked By */
            ticked_by: string | null;
            /** Value */
            value: string | null;
        };
        /**
         * CommandAction
         * @description What can be asked of a flying aircraft.
         * @enum {string}
         */
        CommandAction: "fly" | "hold" | "recall" | "land" | "resume";
        /**
         * CommandIn
         * @description A flight command. `id` is chosen by the page so that a repeated request is the same command.
         */
        CommandIn: {
            action: components["schemas"]["CommandAction"];
            /** Id */
            id: string;
        };
        /**
         * CommandOut
         * @description A command and what became of it.
         *
         *     `state`: `sent` 送信中, `accepted` 機体が受領, `running` 実行中, `done` 完了, `refused` 拒否, `expired` 期限切れ,
         *     `not_confirmed` 未確認; `text` says it in words, with the reason or with which failsafe will act.
         */
        CommandOut: {
            action: components["schemas"]["CommandAction"];
            /** Author */
            author: string;
            /** Changed At S */
            changed_at_s: number;
            /** Created At S */
            created_at_s: number;
            /** Id */
            id: string;
            /**
             * State
             * @enum {string}
             */
            state: "sent" | "accepted" | "running" | "done" | "refused" | "expired" | "not_confirmed";
            text: components["schemas"]["TextOut"];
            /** Vehicle Id */
            vehicle_id: string;
        };
        /**
         * CureIn
         * @description Ask for a cure that the station can carry out itself.
         */
        CureIn: {
            /**
             * Action
             * @constant
             */
            action: "set_parameters";
        };
        /**
         * CureOut
         * @description What would mend a finding; with `action` a page can offer it as a button.
         *
         *     Actions: `remove_mass_kg` (value kg), `set_parameters` (before take-off), `choose_site`.
         */
        CureOut: {
            /** Action */
            action: string | null;
            text: components["schemas"]["TextOut"];
            /** Value */
            value: number | null;
        };
        /**
         * DeliveryIn
         * @description Take a plan to the aircraft.
         */
        DeliveryIn: {
            /** Accepted Warnings */
            accepted_warnings?: components["schemas"]["AcceptedWarningIn"][];
            /** Plan Id */
            plan_id: string;
        };
        /**
         * DeliveryOut
         * @description A delivery: a plan that went to an aircraft.
         */
        DeliveryOut: {
            activity: components["schemas"]["TextOut"];
            /** Checks */
            checks: components["schemas"]["CheckOut"][];
            /** Delivered At S */
            delivered_at_s: number | null;
            /** Distance Done M */
            distance_done_m: number;
            /** Ended At S */
            ended_at_s: number | null;
            /** Eta Landing S */
            eta_landing_s: number | null;
            /** Eta S */
            eta_s: number | null;
            /** Id */
            id: string;
            /** Item */
            item: string;
            /** Mass Kg */
            mass_kg: number;
            next_event: components["schemas"]["TextOut"] | null;
            /** Pictures */
            pictures: number;
            /** Plan Id */
            plan_id: string;
            problem: components["schemas"]["TextOut"] | null;
            problem_cure: components["schemas"]["TextOut"] | null;
            /** Progress */
            progress: number;
            /** Request Id */
            request_id: string;
            /** Site Id */
            site_id: string;
            /** Started At S */
            started_at_s: number | null;
            state: components["schemas"]["DeliveryState"];
            /** Upload Progress */
            upload_progress: number | null;
            /** Vehicle Id */
            vehicle_id: string;
        };
        /**
         * DeliveryState
         * @description Where a delivery stands.
         * @enum {string}
         */
        DeliveryState: "planned" | "uploading" | "checking" | "ready" | "flying" | "placing" | "delivered" | "returning" | "done" | "recalled" | "failed";
        /**
         * EnergyOut
         * @description The energy account, Wh.
         */
        EnergyOut: {
            /** Last Turn Back M */
            last_turn_back_m: number | null;
            /** Left At Landing Wh */
            left_at_landing_wh: number;
            /** Needed Wh */
            needed_wh: number;
            /** Reserve Wh */
            reserve_wh: number;
            /** Usable Wh */
            usable_wh: number;
        };
        /**
         * FindingOut
         * @description One result of one check.
         */
        FindingOut: {
            at: components["schemas"]["LonLatOut"] | null;
            cure: components["schemas"]["CureOut"] | null;
            /** Leg */
            leg: number | null;
            level: components["schemas"]["Level"];
            /** Rule */
            rule: string;
            /** Source */
            source: string | null;
            text: components["schemas"]["TextOut"];
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
         * LegOut
         * @description One leg of the route.
         */
        LegOut: {
            /** Duration S */
            duration_s: number;
            /** End */
            end: [
                number,
                number,
                number
            ];
            /** Energy Left Wh */
            energy_left_wh: number;
            /** Energy Wh */
            energy_wh: number;
            /** Max Agl M */
            max_agl_m: number;
            /** Min Clearance M */
            min_clearance_m: number;
            /** Mission Seq */
            mission_seq: number;
            /** Number */
            number: number;
            phase: components["schemas"]["Phase"];
            /** Start */
            start: [
                number,
                number,
                number
            ];
        };
        /**
         * Level
         * @description How a finding counts. `refuse` cannot be overridden; `warn` needs a name and a reason.
         * @enum {string}
         */
        Level: "ok" | "warn" | "refuse";
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
         * LonLatOut
         * @description A place.
         */
        LonLatOut: {
            /** Lat Deg */
            lat_deg: number;
            /** Lon Deg */
            lon_deg: number;
        };
        /**
         * OfficeLinkOut
         * @description How the station stands with the town office; pending counts by lane.
         */
        OfficeLinkOut: {
            /** Connected */
            connected: boolean;
            /** Oldest Pending S */
            oldest_pending_s: number | null;
            /** Pending Pictures */
            pending_pictures: number;
            /** Pending Records */
            pending_records: number;
            /** Since S */
            since_s: number | null;
            text: components["schemas"]["TextOut"];
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
         * Phase
         * @description What the aircraft does on a leg.
         * @enum {string}
         */
        Phase: "climb" | "outbound" | "approach" | "place" | "survey" | "return" | "land";
        /**
         * PictureOut
         * @description A picture taken in at this station.
         */
        PictureOut: {
            /** Delivery Id */
            delivery_id: string | null;
            /** Id */
            id: string;
            /** Lat Deg */
            lat_deg: number | null;
            /** Lon Deg */
            lon_deg: number | null;
            /** Sent */
            sent: boolean;
            /** Taken At S */
            taken_at_s: number;
            /** Thumbnail */
            thumbnail: string;
            /** Vehicle Id */
            vehicle_id: string | null;
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
         * PlanIn
         * @description How to plan a request; what is left out is taken from the aircraft and the town's rules.
         */
        PlanIn: {
            /** Mass Kg */
            mass_kg?: number | null;
            /** Vehicle Id */
            vehicle_id?: string | null;
            /**
             * Wind From Deg
             * @default 0
             */
            wind_from_deg?: number;
            /**
             * Wind Mps
             * @default 0
             */
            wind_mps?: number;
        };
        /**
         * PlanOut
         * @description A plan with its findings. Positions in `legs` and `route` are lon, lat, metres above mean sea level.
         */
        PlanOut: {
            /** Depot Id */
            depot_id: string;
            /** Distance M */
            distance_m: number;
            /** Duration S */
            duration_s: number;
            energy: components["schemas"]["EnergyOut"];
            /** Fence */
            fence: [
                number,
                number
            ][];
            /** Findings */
            findings: components["schemas"]["FindingOut"][];
            /** Id */
            id: string;
            /** Legs */
            legs: components["schemas"]["LegOut"][];
            /** Made At S */
            made_at_s: number;
            /** Payload Kg */
            payload_kg: number;
            /** Profile */
            profile: components["schemas"]["ProfilePointOut"][];
            /** Request Id */
            request_id: string;
            /** Return Altitude Home M */
            return_altitude_home_m: number;
            /** Route */
            route: [
                number,
                number,
                number
            ][];
            /** Site Id */
            site_id: string;
            /** Terrain Is Synthetic */
            terrain_is_synthetic: boolean;
            /** Vehicle Id */
            vehicle_id: string;
            verdict: components["schemas"]["Level"];
            /** Wind From Deg */
            wind_from_deg: number;
            /** Wind Mps */
            wind_mps: number;
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
         * ProfilePointOut
         * @description A sample for the height profile.
         */
        ProfilePointOut: {
            /** Distance M */
            distance_m: number;
            /** Energy Left Wh */
            energy_left_wh: number;
            /** Ground Amsl M */
            ground_amsl_m: number;
            /** Lat Deg */
            lat_deg: number;
            /** Lon Deg */
            lon_deg: number;
            phase: components["schemas"]["Phase"];
            /** Route Amsl M */
            route_amsl_m: number;
        };
        /**
         * Realm
         * @description The two worlds; every topic, database and export belongs to exactly one.
         * @enum {string}
         */
        Realm: "live" | "drill";
        /**
         * RequestIn
         * @description A wish for a delivery.
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
         * @description A request. `source` is who wrote it: this station or the town office.
         */
        RequestOut: {
            /** Delivery Id */
            delivery_id: string | null;
            /** Id */
            id: string;
            /** Item */
            item: string;
            /** Mass Kg */
            mass_kg: number;
            /** Note */
            note: string;
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
            state: components["schemas"]["RequestState"];
            /** Urgency */
            urgency: number;
        };
        /**
         * RequestState
         * @description Where a request stands.
         * @enum {string}
         */
        RequestState: "open" | "planned" | "flying" | "delivered" | "withdrawn";
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
         * StationLive
         * @description The state on `/api/live` of the station; deltas are merge patches on this.
         */
        StationLive: {
            /** Alerts */
            alerts: {
                [key: string]: components["schemas"]["AlertOut"];
            };
            /** Clock S */
            clock_s: number;
            /** Commands */
            commands: {
                [key: string]: components["schemas"]["CommandOut"];
            };
            /** Deliveries */
            deliveries: {
                [key: string]: components["schemas"]["DeliveryOut"];
            };
            office: components["schemas"]["OfficeLinkOut"];
            /** Pictures */
            pictures: {
                [key: string]: components["schemas"]["PictureOut"];
            };
            /** Requests */
            requests: {
                [key: string]: components["schemas"]["RequestOut"];
            };
            /** Vehicles */
            vehicles: {
                [key: string]: components["schemas"]["VehicleOut"];
            };
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
         * TickIn
         * @description A named person's tick, or its withdrawal.
         */
        TickIn: {
            /** Name */
            name: string;
            /**
             * Ticked
             * @default true
             */
            ticked?: boolean;
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
         * VehicleOut
         * @description An aircraft as last heard. `*_age_s` count from the moment `at_s` of the message that carries them.
         *
         *     `link`: `none` (never heard), `fresh`, `stale`, `lost`. `simulated`: None while unknown.
         */
        VehicleOut: {
            /** Alt Agl M */
            alt_agl_m: number | null;
            /** Alt Amsl M */
            alt_amsl_m: number | null;
            /** Alt Home M */
            alt_home_m: number | null;
            /** Armed */
            armed: boolean | null;
            /** Battery A */
            battery_a: number | null;
            /** Battery At S */
            battery_at_s: number | null;
            /** Battery Percent */
            battery_percent: number | null;
            /** Battery V */
            battery_v: number | null;
            /** Climb Mps */
            climb_mps: number | null;
            /** Consumed Mah */
            consumed_mah: number | null;
            /** Delivery Id */
            delivery_id: string | null;
            failsafe: components["schemas"]["TextOut"] | null;
            /** Groundspeed Mps */
            groundspeed_mps: number | null;
            /** Heading Deg */
            heading_deg: number | null;
            /** Heard At S */
            heard_at_s: number | null;
            /** Id */
            id: string;
            /** Landed */
            landed: boolean | null;
            /** Last Text */
            last_text: string | null;
            /** Last Text At S */
            last_text_at_s: number | null;
            /** Lat Deg */
            lat_deg: number | null;
            /**
             * Link
             * @enum {string}
             */
            link: "none" | "fresh" | "stale" | "lost";
            /** Lon Deg */
            lon_deg: number | null;
            /** Mission Seq */
            mission_seq: number | null;
            /** Mode */
            mode: string | null;
            mode_text: components["schemas"]["TextOut"] | null;
            name: components["schemas"]["TextOut"];
            /** Position At S */
            position_at_s: number | null;
            problem: components["schemas"]["TextOut"] | null;
            problem_cure: components["schemas"]["TextOut"] | null;
            /** Ready */
            ready: boolean | null;
            /** Satellites */
            satellites: number | null;
            /** Simulated */
            simulated: boolean | null;
            /** Wind Mps */
            wind_mps: number | null;
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
