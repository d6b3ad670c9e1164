"""A delivery as a value: a plan that went to an aircraft, its checks, and how far it has come. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from fleet.ids import CommandId, DeliveryId, PlanId, RequestId, SiteId, VehicleId
from fleet.text import Text
from ground_station.flight.flight_plan import PlanDigest
from ground_station.service.flight_progress import FlightProgress, FlightStage
from missions.values.finding import Finding, Level


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    PLANNED = "planned"
    UPLOADING = "uploading"
    CHECKING = "checking"
    READY = "ready"
    FLYING = "flying"
    PLACING = "placing"
    DELIVERED = "delivered"
    RETURNING = "returning"
    DONE = "done"
    RECALLED = "recalled"
    FAILED = "failed"


ENDED = frozenset({DeliveryState.DONE, DeliveryState.RECALLED, DeliveryState.FAILED})
AWAY_M = 60.0
"""Farther from its depot than this an aircraft has not come home, m."""

_LOOK_FOR_IT = Text(
    "場所を地図で確かめ、人をやって機体を見てください", "see where it is on the map, and send somebody to look"
)
_LOOK_FOR_LOAD = Text(
    "機体に荷物が残っているか目で見て、記録してください",
    "look whether the load is still on the aircraft, and record it",
)

BEFORE_FLIGHT = frozenset({DeliveryState.PLANNED, DeliveryState.UPLOADING, DeliveryState.CHECKING, DeliveryState.READY})


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonCheck:
    """A check that only eyes can make."""

    id: str
    text: Text


PERSON_CHECKS = (
    PersonCheck(id="pad-clear", text=Text("離陸場所のまわりに人がいない", "nobody stands near the pad")),
    PersonCheck(
        id="airframe", text=Text("機体・プロペラに傷やゆるみがない", "airframe and propellers are sound and tight")
    ),
    PersonCheck(id="load-fixed", text=Text("荷物がしっかり固定されている", "the load is fixed well")),
    PersonCheck(id="weather", text=Text("雨・霧・強い風がない", "no rain, fog or strong wind")),
    PersonCheck(
        id="receiver-ready",
        text=Text("着陸場の管理者が「着陸場よし」と言った", "the pad keeper said that the landing site is clear"),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """Who ticked a check, and when."""

    name: str
    at_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedWarning:
    """A warning someone took on themselves."""

    rule: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadSeen:
    """What a person found after a flight that ended with no word from the gripper, who, and when."""

    set_down: bool
    name: str
    at_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One delivery. `on_board` is that mission, fence and rally points were read back equal.

    `flight` is the digest of what goes on board, `order_id` the command that was, or was about to be, given to fly it:
    it is on disk before the command is given.
    """

    id: DeliveryId
    request_id: RequestId
    plan_id: PlanId
    vehicle_id: VehicleId
    site_id: SiteId
    item: str
    mass_kg: float
    state: DeliveryState
    created_at_s: float
    accepted_warnings: tuple[AcceptedWarning, ...] = ()
    on_board: bool = False
    upload_fraction: float | None = None
    machine_checks: tuple[Finding, ...] = ()
    ticks: Mapping[str, Tick] = field(default_factory=dict)
    progress: FlightProgress = field(default_factory=FlightProgress)
    problem: Text | None = None
    problem_cure: Text | None = None
    started_at_s: float | None = None
    ended_at_s: float | None = None
    pictures: int = 0
    load_seen: LoadSeen | None = None
    flight: PlanDigest | None = None
    order_id: CommandId | None = None

    @property
    def unticked(self) -> tuple[PersonCheck, ...]:
        """Return the checks that nobody has ticked yet."""
        return tuple(check for check in PERSON_CHECKS if check.id not in self.ticks)

    @property
    def refusals(self) -> tuple[Finding, ...]:
        """Return what the aircraft's own checks refuse."""
        return tuple(check for check in self.machine_checks if check.level is Level.REFUSE)

    @property
    def ready(self) -> bool:
        """Return whether it may fly: on board, nothing refused, every line ticked."""
        return self.on_board and bool(self.machine_checks) and not self.refusals and not self.unticked

    @property
    def load_unknown(self) -> bool:
        """Return whether it came down and nobody knows yet if the load was set down."""
        return self.state is DeliveryState.RECALLED and self.load_unheard

    @property
    def load_unheard(self) -> bool:
        """Return whether it left the site with no word of the load, which may be down or still on board."""
        left = self.state in {DeliveryState.RETURNING, DeliveryState.RECALLED}
        return left and self.progress.place_reached and not self.progress.released and self.load_seen is None

    @property
    def load_down(self) -> bool:
        """Return whether the load was set down, by the gripper's own word or by what a person saw."""
        return self.progress.released or (self.load_seen is not None and self.load_seen.set_down)


def checked(delivery: Delivery, machine_checks: tuple[Finding, ...]) -> Delivery:
    """Return the delivery with new results of the machine's checks."""
    return settle(replace(delivery, machine_checks=machine_checks))


def ticked(delivery: Delivery, check_id: str, tick: Tick | None) -> Delivery:
    """Return the delivery with one check ticked, or its tick withdrawn."""
    ticks = {key: value for key, value in delivery.ticks.items() if key != check_id}
    if tick is not None:
        ticks[check_id] = tick
    return settle(replace(delivery, ticks=ticks))


def settle(delivery: Delivery) -> Delivery:
    """Return the delivery in READY or CHECKING, as its checks stand; other states are left alone."""
    if delivery.state not in {DeliveryState.CHECKING, DeliveryState.READY}:
        return delivery
    return replace(delivery, state=DeliveryState.READY if delivery.ready else DeliveryState.CHECKING)


def end_words(delivery: Delivery) -> Text | None:
    """Return what is wrong with how the flight ended: away from its depot, or with a load of which nobody knows.

    None where it ended well, was recalled before the site, or flies.
    """
    down_m = delivery.progress.down_from_home_m
    away_m = None if down_m is None or down_m <= AWAY_M else down_m
    if delivery.load_unknown:
        load = Text("荷物を下ろしたか、わかりません", "it is not known whether the load was set down")
    elif delivery.load_down:
        load = Text("荷物は下ろしました", "the load was set down")
    else:
        load = Text("荷物は機体に残っています", "the load is still on the aircraft")
    if away_m is not None:
        return Text(
            f"機体は拠点から {away_m:.0f} m の所に降りました。{load.ja}",
            f"the aircraft is down {away_m:.0f} m from the depot; {load.en}",
        )
    return load if delivery.load_unknown else None


def seen(delivery: Delivery, load: LoadSeen) -> Delivery:
    """Return the delivery once a person told where the load is."""
    state = DeliveryState.DONE if load.set_down else DeliveryState.RECALLED
    return _with_end(replace(delivery, load_seen=load, state=state, problem=None, problem_cure=None))


def _with_end(delivery: Delivery) -> Delivery:
    words = end_words(delivery)
    if words is None:
        return delivery
    return replace(delivery, problem=words, problem_cure=_LOOK_FOR_LOAD if delivery.load_unknown else _LOOK_FOR_IT)


def followed(delivery: Delivery, progress: FlightProgress, now_s: float) -> Delivery:
    """Return the delivery after the flight came as far as `progress`."""
    if delivery.state in ENDED or (progress == delivery.progress and progress.stage is not FlightStage.LANDED):
        return delivery
    if progress.stopped_on_ground:
        return replace(
            delivery,
            progress=FlightProgress(),
            state=DeliveryState.CHECKING,
            problem=Text("離陸せずにモーターが止まりました", "the motors stopped before it left the ground"),
            ticks={},
            problem_cure=Text(
                "機体の知らせを見て、点検をやり直してください", "look at its messages, then do the checks again"
            ),
        )
    started_at_s = delivery.started_at_s
    if started_at_s is None and progress.was_airborne:
        started_at_s = now_s
    state = _state(delivery.state, progress)
    moved = replace(
        delivery,
        progress=progress,
        state=state,
        started_at_s=started_at_s,
        ended_at_s=now_s if state in ENDED else None,
    )
    return _with_end(moved)


def _state(before: DeliveryState, progress: FlightProgress) -> DeliveryState:
    if progress.stage is FlightStage.LANDED:
        if progress.released:
            return DeliveryState.DONE
        return DeliveryState.RECALLED
    if not progress.was_airborne:
        return before
    if progress.stage is FlightStage.PLACING:
        return DeliveryState.DELIVERED if progress.released else DeliveryState.PLACING
    if progress.stage is FlightStage.RETURNING or progress.left_plan_in is not None:
        return DeliveryState.RETURNING
    return DeliveryState.FLYING
