"""How far a delivery's flight has come, from what the aircraft reports. Pure.

Distances are metres along the plan's route. The state only moves forward: a late message never takes a delivery back.
"""

import math
from dataclasses import dataclass, replace
from enum import StrEnum

from fleet.positions import LonLat, distance_m, frame_at
from fleet.text import Text
from missions.values.plan import Leg, Phase, Plan


class FlightStage(StrEnum):
    """What the flight is at, in the order it happens."""

    WAITING = "waiting"
    OUTBOUND = "outbound"
    PLACING = "placing"
    RETURNING = "returning"
    LANDED = "landed"


_ORDER = list(FlightStage)


@dataclass(frozen=True, slots=True, kw_only=True)
class FlightSample:
    """What matters of an aircraft's newest state."""

    armed: bool
    landed: bool
    mode: str
    mission_seq: int | None
    at: LonLat | None
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FlightProgress:
    """Where the flight stands. `left_plan_in` is the mode in which it left the plan, e.g. RTL after a failsafe.

    `released` is that the gripper said, while the load was being set down, that it let go. Passing the item proves
    nothing: an aircraft that finds no ground within the allowed descent goes on with its load, and ArduCopter tells the
    thrust at which it would release before it knows whether there is a gripper. `stopped_on_ground` is that its motors
    stopped again before it left the ground. `down_from_home_m` is how far from its depot it came down at the end.
    `place_reached` is that the load may be down even without such a word: a text is sent once and can be lost.
    """

    stage: FlightStage = FlightStage.WAITING
    leg: int = 0
    distance_done_m: float = 0.0
    remaining_s: float | None = None
    to_site_s: float | None = None
    delivered_at_s: float | None = None
    left_plan_in: str | None = None
    was_armed: bool = False
    was_airborne: bool = False
    released: bool = False
    holding: bool = False
    stopped_on_ground: bool = False
    down_from_home_m: float | None = None
    place_reached: bool = False


RELEASE_WORDS = "gripper load releas"
"""How ArduCopter's grippers, servo and EPM, begin to tell that they let go ("releasing", "released")."""


def leg_lengths_m(plan: Plan) -> list[float]:
    """Return each leg's length over ground in metres."""
    lengths = []
    for leg in plan.legs:
        east_m, north_m = frame_at(leg.start.ground).local_of(leg.end.ground)
        lengths.append(math.hypot(east_m, north_m))
    return lengths


def advance(progress: FlightProgress, plan: Plan, sample: FlightSample, now_s: float) -> FlightProgress:
    """Return the progress after one sample."""
    after = _moved(progress, plan, sample)
    said_so = any(RELEASE_WORDS in text.lower() for text in sample.texts)
    if said_so and FlightStage.PLACING in {progress.stage, after.stage}:
        at_s = now_s if progress.delivered_at_s is None else progress.delivered_at_s
        return replace(after, released=True, delivered_at_s=at_s)
    return after


def _moved(progress: FlightProgress, plan: Plan, sample: FlightSample) -> FlightProgress:
    if not sample.armed:
        if progress.was_airborne:
            down_m = None if sample.at is None else distance_m(sample.at, plan.home.ground)
            return replace(progress, stage=FlightStage.LANDED, remaining_s=0.0, to_site_s=None, down_from_home_m=down_m)
        return replace(progress, stopped_on_ground=progress.was_armed)
    progress = replace(progress, was_armed=True, stopped_on_ground=False)
    airborne = progress.was_airborne or not sample.landed
    if sample.mode != "AUTO":
        staying = sample.mode in _STAYING_MODES
        left = sample.mode if airborne and not staying else progress.left_plan_in
        return replace(progress, was_airborne=airborne, left_plan_in=left, holding=airborne and staying)
    on_plan = replace(progress, was_airborne=airborne, left_plan_in=None, holding=False)
    return on_plan if sample.mission_seq is None else _along_plan(on_plan, plan, sample)


_STAYING_MODES = frozenset({"BRAKE", "LOITER", "GUIDED", "STABILIZE", "POSHOLD"})


def _along_plan(progress: FlightProgress, plan: Plan, sample: FlightSample) -> FlightProgress:
    # After touchdown ArduCopter's mission counter goes back to 1 before it disarms.
    index = max(_leg_index(plan, sample.mission_seq or 0), progress.leg)
    leg = plan.legs[index]
    fraction = 0.0 if sample.at is None else _fraction(leg, sample.at)
    lengths = leg_lengths_m(plan)
    stage = _stage(leg.phase, progress.stage)
    remaining_s = leg.duration_s * (1.0 - fraction) + sum(later.duration_s for later in plan.legs[index + 1 :])
    return replace(
        progress,
        stage=stage,
        leg=index,
        place_reached=any(passed.phase is Phase.PLACE for passed in plan.legs[: index + 1]),
        distance_done_m=max(progress.distance_done_m, sum(lengths[:index]) + lengths[index] * fraction),
        remaining_s=remaining_s,
        to_site_s=_to_site_s(plan, index, fraction),
    )


def _leg_index(plan: Plan, mission_seq: int) -> int:
    for index, leg in enumerate(plan.legs):
        if leg.mission_seq >= mission_seq:
            return index
    return len(plan.legs) - 1


def _stage(phase: Phase, before: FlightStage) -> FlightStage:
    now = {
        Phase.CLIMB: FlightStage.OUTBOUND,
        Phase.OUTBOUND: FlightStage.OUTBOUND,
        Phase.APPROACH: FlightStage.OUTBOUND,
        Phase.PLACE: FlightStage.PLACING,
        Phase.SURVEY: FlightStage.RETURNING,
        Phase.RETURN: FlightStage.RETURNING,
        Phase.LAND: FlightStage.RETURNING,
    }[phase]
    return max(now, before, key=_ORDER.index)


def _fraction(leg: Leg, at: LonLat) -> float:
    frame = frame_at(leg.start.ground)
    end_east_m, end_north_m = frame.local_of(leg.end.ground)
    east_m, north_m = frame.local_of(at)
    squared = end_east_m**2 + end_north_m**2
    if squared < 1.0:
        return 0.0
    return min(1.0, max(0.0, (east_m * end_east_m + north_m * end_north_m) / squared))


def _to_site_s(plan: Plan, index: int, fraction: float) -> float | None:
    place = next((number for number, leg in enumerate(plan.legs) if leg.phase is Phase.PLACE), None)
    if place is None or index > place:
        return None
    here_s = plan.legs[index].duration_s * (1.0 - fraction)
    return here_s + sum(leg.duration_s for leg in plan.legs[index + 1 : place + 1])


def remaining_words(seconds: float) -> Text:
    """Return a time left in words: minutes and seconds."""
    minutes, rest = divmod(max(0, round(seconds)), 60)
    if minutes:
        return Text(f"{minutes}分{rest:02d}秒", f"{minutes} min {rest:02d} s")
    return Text(f"{rest}秒", f"{rest} s")


def activity_words(progress: FlightProgress, plan: Plan, site_name: Text) -> Text:
    """Return what the aircraft is doing, with the time that is left."""
    if progress.left_plan_in is not None and progress.stage is not FlightStage.LANDED:
        return Text(
            f"計画を離れて帰還中（{progress.left_plan_in}）", f"left the plan, coming home ({progress.left_plan_in})"
        )
    if progress.holding and progress.stage is not FlightStage.LANDED:
        return Text("その場で待機中", "holding")
    if progress.stage is FlightStage.WAITING:
        return Text("離陸待ち", "waiting for take-off")
    if progress.stage is FlightStage.LANDED:
        return Text("着陸しました", "landed")
    phase = plan.legs[progress.leg].phase
    left = remaining_words(progress.to_site_s if progress.to_site_s is not None else progress.remaining_s or 0.0)
    ja, en = {
        Phase.CLIMB: ("上昇中", "climbing"),
        Phase.OUTBOUND: (f"{site_name.ja}へ飛行中", f"flying to {site_name.en}"),
        Phase.APPROACH: (f"{site_name.ja}へ降下中", f"descending to {site_name.en}"),
        Phase.PLACE: (f"{site_name.ja}で荷物を下ろしています", f"setting the load down at {site_name.en}"),
        Phase.SURVEY: (f"{site_name.ja}を撮影中", f"photographing {site_name.en}"),
        Phase.RETURN: ("帰還中", "coming home"),
        Phase.LAND: ("拠点に着陸中", "landing at the depot"),
    }[phase]
    return Text(f"{ja} 残り {left.ja}", f"{en}, {left.en} left")


def next_event_words(progress: FlightProgress, plan: Plan, site_name: Text) -> Text | None:
    """Return what comes next and when, or None when nothing is to come."""
    if progress.stage in {FlightStage.WAITING, FlightStage.LANDED} or progress.left_plan_in is not None:
        return None
    if progress.to_site_s is not None:
        left = remaining_words(progress.to_site_s)
        return Text(f"荷下ろし（{site_name.ja}）まで {left.ja}", f"load down at {site_name.en} in {left.en}")
    if progress.remaining_s is not None:
        left = remaining_words(progress.remaining_s)
        return Text(f"拠点に着陸まで {left.ja}", f"landing at the depot in {left.en}")
    return None
