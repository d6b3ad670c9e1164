/** Generated from web/openapi/station.json by `npm run api`: change the service, not this file. */

export interface paths {
    "/api/companion/pictures": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take Picture
         * @description Take in a picture of an aircraft's camera; 201 once it is safe on disk, and the same file twice is one.
         */
        post: operations["take_picture_api_companion_pictures_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read Deliveries
         * @description Return all deliveries, oldest first.
         */
        get: operations["read_deliveries_api_deliveries_get"];
        put?: never;
        /**
         * Begin Delivery
         * @description Send a plan to its aircraft, read it back and run the checks; how far that is, is on the live state.
         */
        post: operations["begin_delivery_api_deliveries_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/deliveries/{delivery_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read Delivery
         * @description Return a delivery.
         */
        get: operations["read_delivery_api_deliveries__delivery_id__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/deliveries/{delivery_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel Delivery
         * @description Give up a delivery that has not taken off.
         */
        post: operations["cancel_delivery_api_deliveries__delivery_id__cancel_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/deliveries/{delivery_id}/checks/{check_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Tick Check
         * @description Tick a check that only eyes can make, in the name of who looked, or withdraw the tick.
         */
        post: operations["tick_check_api_deliveries__delivery_id__checks__check_id__post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/deliveries/{delivery_id}/cure": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cure Delivery
         * @description Set on the aircraft what the flight needs, read it back, and check again.
         */
        post: operations["cure_delivery_api_deliveries__delivery_id__cure_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/deliveries/{delivery_id}/fly": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Fly Delivery
         * @description Give the word to fly; what becomes of it is on the live state, under the same id.
         */
        post: operations["fly_delivery_api_deliveries__delivery_id__fly_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/deliveries/{delivery_id}/load": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Record Load
         * @description Record where the load is after a flight that ended with no word from the gripper.
         */
        post: operations["record_load_api_deliveries__delivery_id__load_post"];
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
         * @description Say whether the station works, in words; open to supervisors without signing in.
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
         * @description Return a page of this station's pictures, newest first.
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
    "/api/pictures/{picture_id}/original": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read Original
         * @description Return the file as it was taken in.
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
         * @description Return the copy for a screen, without the camera's metadata.
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
         * @description Return the small copy.
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
    "/api/plans/{plan_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read Plan
         * @description Return a plan.
         */
        get: operations["read_plan_api_plans__plan_id__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/plans/{plan_id}/mission.plan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read Qgc Plan
         * @description Return the plan as a QGroundControl file.
         */
        get: operations["read_qgc_plan_api_plans__plan_id__mission_plan_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/plans/{plan_id}/mission.waypoints": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read Waypoints
         * @description Return the plan's mission as QGC WPL 110.
         */
        get: operations["read_waypoints_api_plans__plan_id__mission_waypoints_get"];
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
         * @description Return all requests, oldest first.
         */
        get: operations["read_requests_api_requests_get"];
        put?: never;
        /**
         * Add Request
         * @description Write down a wish for a delivery.
         */
        post: operations["add_request_api_requests_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/requests/{request_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Withdraw Request
         * @description Withdraw a request that does not fly yet.
         */
        delete: operations["withdraw_request_api_requests__request_id__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/requests/{request_id}/plans": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make Plan
         * @description Plan a request for an aircraft, from where it stands.
         */
        post: operations["make_plan_api_requests__request_id__plans_post"];
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
    "/api/sky-clear": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Clear The Sky
         * @description Recall every aircraft whose motors may run; each answers for itself, and none holds the others up.
         */
        post: operations["clear_the_sky_api_sky_clear_post"];
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
    "/api/vehicles/{vehicle_id}/commands": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give Command
         * @description Hold, recall, land or resume; the same `id` again is the same command.
         */
        post: operations["give_command_api_vehicles__vehicle_id__commands_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/vehicles/{vehicle_id}/sender": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Accept Sender
         * @description Take the other sender of an aircraft's number for the aircraft; refused while the aircraft may fly.
         */
        post: operations["accept_sender_api_vehicles__vehicle_id__sender_post"];
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
        /** Body_take_picture_api_companion_pictures_post */
        Body_take_picture_api_companion_pictures_post: {
            /** Captured At */
            captured_at?: number | null;
            /** File */
            file: string;
            /** Image Index */
            image_index?: number | null;
            /** Vehicle Id */
            vehicle_id: string;
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
         * @description What a command on view can be.
         * @enum {string}
         */
        CommandAction: "fly" | "hold" | "recall" | "land" | "resume";
        /**
         * CommandIn
         * @description A flight command; `id` and `heard` as in `FlyIn`.
         */
        CommandIn: {
            action: components["schemas"]["OrderAction"];
            heard?: components["schemas"]["HeardIn"] | null;
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
         *
         *     `load_unknown`: it came down, no word came that the load was let go, and nobody has looked yet.
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
            /** Load Unknown */
            load_unknown: boolean;
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
         * FlightCoreOut
         * @description The flight core: what flies is in its hands, with or without this service.
         *
         *     `boot_id` and `stamp_s` are its last beat; a page sends them back with an order, and how long ago it heard them by
         *     its own elapsed time. `page` is the address of the core's own page 緊急操作, empty where it has none. `alarms` say
         *     what the core cannot do now.
         */
        FlightCoreOut: {
            /** Alarms */
            alarms: components["schemas"]["TextOut"][];
            /** Boot Id */
            boot_id: string | null;
            /** Page */
            page: string;
            problem: components["schemas"]["TextOut"] | null;
            problem_cure: components["schemas"]["TextOut"] | null;
            /** Reachable */
            reachable: boolean;
            /** Stamp S */
            stamp_s: number | null;
        };
        /**
         * FlyIn
         * @description The word to fly. `id` is chosen by the page so that a repeated request is the same command.
         */
        FlyIn: {
            heard?: components["schemas"]["HeardIn"] | null;
            /** Id */
            id: string;
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
         * HeardIn
         * @description The flight core's last beat that the page heard, and how long ago, s by the page's own elapsed time.
         *
         *     With it the core judges how old an order is, whatever the page's clock says of the time of day.
         */
        HeardIn: {
            /** Boot Id */
            boot_id: string;
            /** Elapsed S */
            elapsed_s: number;
            /** Stamp S */
            stamp_s: number;
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
         * LoadIn
         * @description What a person saw after the flight: the load was set down, or is still on the aircraft.
         */
        LoadIn: {
            /** Set Down */
            set_down: boolean;
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
         * @description How the station stands with the town office; `trouble`: something is not kept, here or there.
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
            /** Trouble */
            trouble: boolean;
        };
        /**
         * OrderAction
         * @description What can be asked of a flying aircraft. Take-off is not here: it is asked of a delivery, past its checklist.
         * @enum {string}
         */
        OrderAction: "hold" | "recall" | "land" | "resume";
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
         * PictureAcceptedOut
         * @description What a companion computer hears once its picture is safe.
         */
        PictureAcceptedOut: {
            /** Picture Id */
            picture_id: string;
            /** Sha256 */
            sha256: string;
        };
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
            /** Plan Id */
            plan_id: string | null;
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
         * SkyClearIn
         * @description Recall everything that flies. `id` and `heard` as in `FlyIn`.
         */
        SkyClearIn: {
            heard?: components["schemas"]["HeardIn"] | null;
            /** Id */
            id: string;
        };
        /**
         * SkyClearOut
         * @description What one flying aircraft was given: its command, or why it could not be recalled.
         */
        SkyClearOut: {
            /** Command Id */
            command_id: string | null;
            problem: components["schemas"]["TextOut"] | null;
            problem_cure: components["schemas"]["TextOut"] | null;
            /** Vehicle Id */
            vehicle_id: string;
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
            flight: components["schemas"]["FlightCoreOut"];
            office: components["schemas"]["OfficeLinkOut"];
            /** Pictures */
            pictures: {
                [key: string]: components["schemas"]["PictureOut"];
            };
            /** Requests */
            requests: {
                [key: string]: components["schemas"]["RequestOut"];
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
         *     `link`: `none` (never heard), `fresh`, `stale`, `lost`. `simulated`, `landed`: None while unknown. `other_sender`:
         *     the address where a second sender of its number was heard in the last minute.
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
            /** Other Sender */
            other_sender: string | null;
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
export interface operations {
    take_picture_api_companion_pictures_post: {
        parameters: {
            query?: never;
            header?: {
                authorization?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": components["schemas"]["Body_take_picture_api_companion_pictures_post"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PictureAcceptedOut"];
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
    begin_delivery_api_deliveries_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DeliveryIn"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryOut"];
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
    read_delivery_api_deliveries__delivery_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                delivery_id: string;
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
                    "application/json": components["schemas"]["DeliveryOut"];
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
    cancel_delivery_api_deliveries__delivery_id__cancel_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                delivery_id: string;
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
                    "application/json": components["schemas"]["DeliveryOut"];
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
    tick_check_api_deliveries__delivery_id__checks__check_id__post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                check_id: string;
                delivery_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TickIn"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryOut"];
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
    cure_delivery_api_deliveries__delivery_id__cure_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                delivery_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CureIn"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryOut"];
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
    fly_delivery_api_deliveries__delivery_id__fly_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                delivery_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FlyIn"];
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommandOut"];
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
    record_load_api_deliveries__delivery_id__load_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                delivery_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LoadIn"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryOut"];
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
                limit?: number;
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
    read_plan_api_plans__plan_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                plan_id: string;
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
                    "application/json": components["schemas"]["PlanOut"];
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
    read_qgc_plan_api_plans__plan_id__mission_plan_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                plan_id: string;
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
    read_waypoints_api_plans__plan_id__mission_waypoints_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                plan_id: string;
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
    add_request_api_requests_post: {
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
    withdraw_request_api_requests__request_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                request_id: string;
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
    make_plan_api_requests__request_id__plans_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                request_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PlanIn"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlanOut"];
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
    clear_the_sky_api_sky_clear_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SkyClearIn"];
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SkyClearOut"][];
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
    give_command_api_vehicles__vehicle_id__commands_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                vehicle_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CommandIn"];
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommandOut"];
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
    accept_sender_api_vehicles__vehicle_id__sender_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                vehicle_id: string;
            };
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
