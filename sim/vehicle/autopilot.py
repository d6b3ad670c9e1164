"""One vehicle's autopilot: state, the step, and what it does by itself. Orders from outside are in `orders`."""

import math
from dataclasses import replace

from fleet.positions import LocalFrame
from sim.dynamics.path import Vector
from sim.scenario import SimulatedVehicle
from sim.vehicle import startup
from sim.vehicle.events import Event, HomeMoved, ItemReached, ParameterMoved, Said
from sim.vehicle.failsafe_response import watch
from sim.vehicle.failsafes import BatteryWatch, SilenceWatch
from sim.vehicle.fence import Zones, zones_of
from sim.vehicle.gear import Gripper, Trigger, Winch
from sim.vehicle.kinematics import Kinematics, Row, off
from sim.vehicle.mission_acts import act
from sim.vehicle.mission_item import Do, Kind, StoredItem
from sim.vehicle.mission_runner import MissionRunner, MissionState
from sim.vehicle.mode_change import cannot_enter, first_task
from sim.vehicle.modes import Mode, Severity
from sim.vehicle.parameters import ParameterStore
from sim.vehicle.pilot import Loiter, Manual, Sticks
from sim.vehicle.places import Places
from sim.vehicle.plan_store import PlanStore
from sim.vehicle.rally import return_place
from sim.vehicle.sequences import back_on_track, comes_down
from sim.vehicle.tasks import Flight, Hold, KeepSpeed, Rest, Task

_ARMING_DELAY_S = 2.0
_LANDED_AFTER_S = 1.6
_DISARMED_AFTER_S = 2.05
_TRACK_EVERY_S = 3.0
_WATCH_EVERY = 2
_CRASH_MPS = 4.0
_CRASH_CHECK_S = 2.0
# Tasks in which standing on the ground means that it has landed, beside those that come down to land.
_MAY_STAND = Rest | Hold | KeepSpeed | Loiter | Manual


class Autopilot:
    """The logic of one vehicle. `now_s` counts from power on; `unix_s` is the simulation's calendar time."""

    def __init__(
        self,
        identity: SimulatedVehicle,
        *,
        started_at_s: float,
        params: ParameterStore | None = None,
        plans: dict[Kind, PlanStore] | None = None,
    ) -> None:
        self.identity = identity
        self.params = params or ParameterStore(_first_parameters(identity))
        frame = LocalFrame(lon_deg=identity.home.lon_deg, lat_deg=identity.home.lat_deg)
        self.places = Places(frame, identity.home.alt_amsl_m)
        self.kin = Kinematics(yaw_rad=math.radians(identity.heading_deg))
        self.flight = Flight(kin=self.kin, params=self.params)
        self.events: list[Event] = []
        self.mode = Mode.STABILIZE
        self.armed = False
        self.landed = True
        self.auto_armed = False
        self.plans = plans or {kind: PlanStore(kind) for kind in Kind}
        self.sticks = Sticks()
        self.gripper = Gripper(self.params, self.say)
        self.winch = Winch(self.params)
        self.trigger = Trigger(identity.id, self.places)
        self.mission = MissionRunner(self)
        self.silence = SilenceWatch(self.params)
        self.battery = BatteryWatch(self.params)
        self.fence_broken = 0
        self.now_s = 0.0
        self.task: Task = Manual(self.sticks)
        self.home: Vector = (0.0, 0.0, 0.0)
        self.has_origin = False
        self.reboot_asked = False
        self._started_at_s = started_at_s - identity.preflight_s
        self._startup_left = list(startup.STEPS)
        self._armed_at_s = 0.0
        self._ground_since_s: float | None = 0.0
        self._crashed_at_s: float | None = None
        self._zones: tuple[int, Zones] = (-1, Zones())
        self._mission_version = 0
        self.track: list[Vector] = []
        self._track_at_s = 0.0
        self._step_count = 0

    def powered_on_again(self, started_at_s: float) -> "Autopilot":
        """Return the vehicle after a restart: parameters and plans stay, all else begins anew."""
        identity = replace(self.identity, preflight_s=0.0)
        return Autopilot(identity, started_at_s=started_at_s, params=self.params, plans=self.plans)

    # What a mission needs of the vehicle (mission_runner.Crew).

    def items(self) -> list[StoredItem]:
        """Return the mission on board."""
        return self.plans[Kind.MISSION].items

    def target(self, item: StoredItem) -> tuple[Vector, bool]:
        """Return where an item leads, and whether its height is above the terrain."""
        return self.places.target(item, home=self.home, here=self.kin.position)

    def return_place(self) -> Vector:
        """Return where a return to launch ends now."""
        return return_place(self)

    def act(self, item: StoredItem) -> None:
        """Carry out a command that is no navigation."""
        act(self, item)

    def say(self, text: str, severity: Severity = Severity.INFO) -> None:
        """Tell the ground."""
        self.events.append(Said(severity, text))

    # State as seen from outside.

    @property
    def unix_s(self) -> float:
        """Return Unix time on the simulation's clock."""
        return self._started_at_s + self.now_s

    @property
    def has_position(self) -> bool:
        """Return whether it knows where it is well enough to fly."""
        return self.now_s >= startup.POSITION_S

    @property
    def in_failsafe(self) -> bool:
        """Return whether a failsafe is active."""
        return self.silence.active or self.battery.level > 0 or self.fence_broken != 0

    @property
    def current_task(self) -> Task:
        """Return what is being flown, the mission's own task in AUTO."""
        return self.mission.task if self.mode is Mode.AUTO else self.task

    @property
    def landing(self) -> bool:
        """Return whether it sinks to land, in whichever mode."""
        return self.mode is Mode.LAND or comes_down(self.current_task)

    @property
    def zones(self) -> Zones:
        """Return the fence on board in local metres."""
        store = self.plans[Kind.FENCE]
        if self._zones[0] != store.changes:
            points = [self.places.point(i.x, i.y) for i in store.items]
            self._zones = (store.changes, zones_of(store.items, points))
        return self._zones[1]

    @property
    def alt_home_m(self) -> float:
        """Return metres above home."""
        return self.kin.position[2] - self.home[2]

    # The step.

    def update(self, now_s: float, dt_s: float) -> Row:
        """Live through the step that ends at `now_s` and return what the motors should do in the next."""
        self.now_s = now_s
        flight = self.flight
        flight.now_s, flight.dt_s, flight.home = now_s, dt_s, self.home
        flight.refresh()
        self.gripper.update(now_s)
        if self._startup_left or not self.has_origin:
            self._start_up()
        if not self.armed:
            self._rest(dt_s)
            return off()
        self.sticks.fade(now_s)
        self._step_count += 1
        if self._step_count % _WATCH_EVERY == 0:
            watch(self)
        self._notice_ground()
        self._run_gear()
        if not self.armed:
            return off()
        if self._crashed_at_s is not None:
            self._lie_broken()
            return off()
        task = self._current_task()
        row = task.update(flight)
        self._disarm_by_itself(task)
        self._report_mission()
        self._keep_track()
        return row if self.armed else off()

    def _current_task(self) -> Task:
        if self.mode is not Mode.AUTO:
            return self.task
        if not self.auto_armed and self.landed:
            return Rest()
        self._notice_plan()
        self.mission.update()
        return self.mission.task

    def _rest(self, dt_s: float) -> None:
        self._notice_plan()
        self._report_mission()
        if not self.kin.on_ground:
            self.landed = False
        else:
            self._note_impact()
            self.landed = True
        self._ground_since_s = None

    def _notice_plan(self) -> None:
        version = self.plans[Kind.MISSION].changes
        if version != self._mission_version:
            self._mission_version = version
            self.mission.plan_changed()

    def _report_mission(self) -> None:
        if self.mission.reached is not None:
            self.events.append(ItemReached(self.mission.reached))
            self.mission.reached = None

    def _start_up(self) -> None:
        while self._startup_left and self.now_s >= self._startup_left[0].at_s:
            step = self._startup_left.pop(0)
            self.say(step.text, Severity(step.severity))
        if not self.has_origin and self.now_s >= startup.ORIGIN_S:
            self.has_origin = True
            self.set_home_item()
            self.events += [HomeMoved(with_origin=True), ParameterMoved("MIS_TOTAL")]
            self.say(f"Field Elevation Set: {self.places.origin_amsl_m:.0f}m")

    def set_home_item(self) -> None:
        """Write home into item 0 of the mission, where it always stands."""
        position = self.places.position(self.home)
        item = StoredItem(
            command=Do.WAYPOINT,
            x=round(position.lat_deg * 1e7),
            y=round(position.lon_deg * 1e7),
            z=round(position.alt_amsl_m, 2),
        )
        items = self.items()
        if items:
            items[0] = item
        else:
            items.append(item)
        self.params.set("MIS_TOTAL", float(len(items)))

    def tell_plan_size(self, kind: Kind) -> None:
        """Count the items of a plan that has changed in its parameter."""
        items = self.plans[kind].items
        name = {Kind.MISSION: "MIS_TOTAL", Kind.FENCE: "FENCE_TOTAL", Kind.RALLY: "RALLY_TOTAL"}[kind]
        self.params.set(name, float(len(items)))
        self.events.append(ParameterMoved(name))

    def _notice_ground(self) -> None:
        kin = self.kin
        if not kin.on_ground:
            self._ground_since_s = None
            if kin.position[2] - kin.ground_m > 0.05:
                self.landed = False
                self.auto_armed = True
            return
        self._note_impact()
        if self._ground_since_s is None:
            self._ground_since_s = self.now_s
        means_it = self.landing or isinstance(self.current_task, _MAY_STAND) or self._crashed_at_s is not None
        if means_it and self.now_s - self._ground_since_s >= _LANDED_AFTER_S:
            self.landed = True

    def _note_impact(self) -> None:
        if self.kin.impact_mps > 0.0 and not self.landed and self._ground_since_s is None:
            self.say(f"SIM Hit ground at {self.kin.impact_mps:f} m/s")
            if self.armed and self.kin.contact_mps > _CRASH_MPS:
                self._crashed_at_s = self.now_s

    def _lie_broken(self) -> None:
        """Stop the motors for good after a crash: it lies on its side, and FS_CRASH_CHECK disarms it soon after."""
        since_s = self.now_s if self._crashed_at_s is None else self._crashed_at_s
        if self.params["FS_CRASH_CHECK"] != 0.0 and self.now_s - since_s >= _CRASH_CHECK_S:
            self.say("Crash: Disarming: AngErr=90>30, Accel=0.0<3.0", Severity.EMERGENCY)
            self.disarm()

    def _disarm_by_itself(self, task: Task) -> None:
        if self._ground_since_s is None:
            return
        on_ground_s = self.now_s - self._ground_since_s
        if task.done and self._comes_to_an_end():
            if on_ground_s >= _DISARMED_AFTER_S:
                self.disarm()
                if self.mode is Mode.AUTO:
                    self.mission.finish_on_ground()
            return
        delay_s = self.params["DISARM_DELAY"]
        if self.landed and delay_s > 0.0 and isinstance(task, Rest | Loiter | Manual):
            since_s = max(self._armed_at_s, self._ground_since_s)
            if self.now_s - since_s >= delay_s and not self.sticks.throttle > 0.0:
                self.disarm()

    def _comes_to_an_end(self) -> bool:
        if self.mode is Mode.AUTO:
            finished = self.mission.state is MissionState.COMPLETE
            return finished or self.mission.command in {Do.LAND, Do.RTL}
        return self.mode in {Mode.LAND, Mode.RTL, Mode.SMART_RTL}

    def _run_gear(self) -> None:
        text = self.winch.update(self.now_s)
        if text is not None:
            self.say(text)
        for _ in range(self.trigger.due(self.now_s, self.kin.position)):
            self.take_picture()

    def take_picture(self) -> None:
        """Let the shutter go once."""
        kin = self.kin
        angles = (math.degrees(kin.roll_rad), math.degrees(kin.pitch_rad), math.degrees(kin.yaw_rad))
        self.events.append(
            self.trigger.take(at=kin.position, alt_home_m=self.alt_home_m, angles_deg=angles, at_s=self.unix_s)
        )

    def _keep_track(self) -> None:
        if self.landed:
            return
        if self.now_s - self._track_at_s >= _TRACK_EVERY_S and self.mode is not Mode.SMART_RTL:
            self._track_at_s = self.now_s
            back_on_track(self.track, self.kin.position, int(self.params["SRTL_POINTS"]) or 300)

    # Changes of state, used by orders, failsafes and itself.

    def begin_armed(self) -> None:
        """Start the motors."""
        self.armed = True
        self.auto_armed = False
        self._armed_at_s = self.now_s
        self._crashed_at_s = None
        self._ground_since_s = self.now_s
        self.track = []
        self.flight.spooled_at_s = self.now_s + _ARMING_DELAY_S
        if self.landed:
            self._place_home(self.kin.position)
            self.task = Rest() if self.mode is not Mode.STABILIZE else self.task
        self.events.append(HomeMoved(with_origin=True))
        self.say("Arming motors")

    def move_home(self, place: Vector) -> None:
        """Make a place the home and tell it."""
        self._place_home(place)
        self.events.append(HomeMoved(with_origin=False))

    def _place_home(self, place: Vector) -> None:
        self.home = place
        self.flight.home = place
        self.set_home_item()

    def disarm(self) -> None:
        """Stop the motors."""
        if self.armed:
            self.armed = False
            self.auto_armed = False
            self.say("Disarming motors")

    def enter(self, mode: Mode) -> str | None:
        """Change mode; return why not, or None once it is done."""
        reason = cannot_enter(self, mode)
        if reason is not None:
            self.say(reason, Severity.WARNING)
            return reason
        if self.mode is Mode.AUTO and mode is not Mode.AUTO:
            self.mission.pause()
        self.flight.speed_mps = self.flight.climb_mps = self.flight.descent_mps = None
        self.flight.yaw_hold_rad = None
        self.mode = mode
        if mode is Mode.AUTO:
            self._notice_plan()
            self.mission.start(restart=self.params["MIS_RESTART"] != 0.0)
            self.auto_armed = self.auto_armed or bool(int(self.params["AUTO_OPTIONS"]) & 2)
        else:
            self.task = first_task(self, mode)
        return None


def _first_parameters(identity: SimulatedVehicle) -> dict[str, float]:
    return {
        "MAV_SYSID": float(identity.system_id),
        "BATT_CAPACITY": identity.battery.capacity_mah,
        "SIM_BATT_VOLTAGE": identity.battery.full_v,
        "SIM_PAYLOAD_KG": identity.payload_kg,
        "CAM1_TYPE": 1.0 if identity.has_camera else 0.0,
        **identity.parameters,
    }
