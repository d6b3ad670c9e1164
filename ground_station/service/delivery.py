"""A delivery as a value: a plan that went to an aircraft, its checks, and how far it has come. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from fleet.ids import DeliveryId, PlanId, RequestId, SiteId, VehicleId
from fleet.text import Text
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
class Delivery:
    """One delivery. `on_board` is that mission, fence and rally points were read back equal."""

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


def away_words(delivery: Delivery) -> Text | None:
    """Return that the flight ended away from its depot, and where the load is; None if it ended at home or flies."""
    down_m = delivery.progress.down_from_home_m
    if down_m is None or down_m <= AWAY_M:
        return None
    if delivery.progress.released:
        return Text(
            f"荷物を置きました。機体は拠点から {down_m:.0f} m の所に降りました",
            f"the load was set down; the aircraft is down {down_m:.0f} m from the depot",
        )
    return Text(
        f"荷物を積んだまま、機体は拠点から {down_m:.0f} m の所に降りました",
        f"the aircraft is down {down_m:.0f} m from the depot, with its load",
    )


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
            problem_cure=Text("機体の知らせと点検を見直してください", "look at its messages and the checks again"),
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
    away = away_words(moved)
    return moved if away is None else replace(moved, problem=away, problem_cure=_LOOK_FOR_IT)


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
