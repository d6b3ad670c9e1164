"""The station's state as the operator page follows it. Pure."""

from typing import Literal

from fleet.text import Text
from ground_station.api.command_schemas import CommandAction, CommandOut, OrderAction
from ground_station.api.plan_view import cure_out, text_out
from ground_station.api.schemas import (
    CheckBy,
    CheckOut,
    DeliveryOut,
    PictureOut,
    RequestOut,
    VehicleOut,
)
from ground_station.flight.vehicles.failsafe_cause import failsafe_cause
from ground_station.flight.vehicles.flight_command import Action, FlightCommand
from ground_station.flight.vehicles.modes import mode_text
from ground_station.flight.vehicles.state import Received, VehicleState
from ground_station.flight.vehicles.telemetry import Simulated
from ground_station.service.delivery import BEFORE_FLIGHT, ENDED, PERSON_CHECKS, Delivery, DeliveryState, end_words
from ground_station.service.flight_progress import FlightStage, activity_words, next_event_words
from ground_station.service.request_book import StationRequest
from imagery.pictures import Picture
from missions.values.finding import Level
from missions.values.plan import Plan

_SIMULATED = {Simulated.YES: True, Simulated.NO: False, Simulated.UNKNOWN: None}
_CHECK_STATES: dict[Level, Literal["ok", "warn", "refuse"]] = {
    Level.OK: "ok",
    Level.WARN: "warn",
    Level.REFUSE: "refuse",
}
_STATE_WORDS = {
    DeliveryState.PLANNED: Text("計画できました", "planned"),
    DeliveryState.UPLOADING: Text("計画を機体に送っています", "sending the plan to the aircraft"),
    DeliveryState.CHECKING: Text("点検中", "checking"),
    DeliveryState.READY: Text("飛行できます", "ready to fly"),
    DeliveryState.DONE: Text("配送して拠点に戻りました", "delivered and back at the depot"),
    DeliveryState.RECALLED: Text("荷物を下ろさずに着陸しました", "landed without setting the load down"),
    DeliveryState.FAILED: Text("中止しました", "stopped"),
}

_NO_ANSWER = Text(
    "指示を出しました。飛行の中枢の返事を待っています。機体の動きを見てください",
    "the word was given; the flight core's answer is awaited; watch what the aircraft does",
)

_ACTIONS = {
    Action.START_MISSION: CommandAction.FLY,
    Action.HOLD: CommandAction.HOLD,
    Action.RECALL: CommandAction.RECALL,
    Action.LAND: CommandAction.LAND,
    Action.RESUME: CommandAction.RESUME,
}
ORDERED_ACTIONS = {
    OrderAction.HOLD: Action.HOLD,
    OrderAction.RECALL: Action.RECALL,
    OrderAction.LAND: Action.LAND,
    OrderAction.RESUME: Action.RESUME,
}


def command_out(command: FlightCommand) -> CommandOut | None:
    """Return a command; None for steps that pages do not give."""
    action = _ACTIONS.get(command.action)
    if action is None:
        return None
    return CommandOut(
        id=command.id,
        vehicle_id=command.vehicle_id,
        action=action,
        author=command.author,
        state=command.state.value,
        text=text_out(command.text),
        created_at_s=command.created_at_s,
        changed_at_s=command.changed_at_s,
    )


def word_given(
    delivery: Delivery, command_id: str, author: str, command: FlightCommand | None, now_s: float
) -> CommandOut:
    """Return the word to fly as it stands; where the core's answer is lost, as sent and to be looked for."""
    shown = None if command is None else command_out(command)
    if shown is not None:
        return shown
    return CommandOut(
        id=command_id,
        vehicle_id=delivery.vehicle_id,
        action=CommandAction.FLY,
        author=author,
        state="sent",
        text=text_out(_NO_ANSWER),
        created_at_s=now_s,
        changed_at_s=now_s,
    )


def picture_out(picture: Picture) -> PictureOut:
    """Return a picture as the station's page lists it."""
    return PictureOut(
        id=picture.id,
        taken_at_s=picture.taken_at_s,
        lon_deg=picture.lon_deg,
        lat_deg=picture.lat_deg,
        vehicle_id=picture.vehicle_id,
        delivery_id=picture.delivery_id,
        thumbnail=f"/api/pictures/{picture.id}/thumbnail",
        sent=picture.delivered_at_s is not None,
    )


def vehicle_out(
    state: VehicleState,
    *,
    name: Text,
    now_s: float,
    alt_agl_m: float | None,
    delivery_id: str | None,
    problem: tuple[Text, Text | None] | None,
) -> VehicleOut:
    """Return an aircraft as last heard; every `*_at_s` is Unix time on this machine's clock."""
    heard = state.telemetry
    motion, battery = heard.motion, heard.battery
    text = state.texts[-1] if state.texts else None
    failsafe = failsafe_cause(state)

    def at_s(value: Received | None) -> float | None:
        age_s = state.age_s(value)
        return None if age_s is None else round(now_s - age_s, 2)

    return VehicleOut(
        id=state.vehicle_id,
        name=text_out(name),
        link="none" if heard.heartbeat is None else state.link.value,
        heard_at_s=None if state.link_age_s is None else round(now_s - state.link_age_s, 2),
        simulated=_SIMULATED[state.simulated],
        problem=None if problem is None else text_out(problem[0]),
        problem_cure=None if problem is None or problem[1] is None else text_out(problem[1]),
        mode=None if heard.heartbeat is None else state.mode,
        mode_text=None if state.mode_number is None else text_out(_mode_words(state)),
        armed=None if heard.heartbeat is None else state.armed,
        ready=None if heard.sensors is None else heard.sensors.arming_allowed,
        landed=_landed(state),
        lon_deg=None if motion is None else motion.position.lon_deg,
        lat_deg=None if motion is None else motion.position.lat_deg,
        alt_amsl_m=None if motion is None else round(motion.position.alt_amsl_m, 1),
        alt_home_m=None if motion is None else round(motion.alt_home_m, 1),
        alt_agl_m=None if alt_agl_m is None else round(alt_agl_m, 1),
        position_at_s=at_s(motion),
        heading_deg=None if motion is None or motion.heading_deg is None else round(motion.heading_deg, 1),
        groundspeed_mps=None if motion is None else round(motion.groundspeed_mps, 1),
        climb_mps=None if motion is None else round(motion.climb_mps, 1),
        battery_percent=None if battery is None or battery.percent is None else float(battery.percent),
        battery_v=None if battery is None or battery.voltage_v is None else round(battery.voltage_v, 2),
        battery_a=None if battery is None or battery.current_a is None else round(battery.current_a, 1),
        consumed_mah=None if battery is None else battery.consumed_mah,
        battery_at_s=at_s(battery),
        satellites=None if heard.gps is None else heard.gps.satellites,
        wind_mps=None if heard.wind is None else round(heard.wind.speed_mps, 1),
        mission_seq=None if heard.mission is None else heard.mission.seq,
        failsafe=None if failsafe is None else text_out(failsafe),
        last_text=None if text is None else text.text,
        last_text_at_s=at_s(text),
        delivery_id=delivery_id,
        other_sender=state.other_sender,
    )


def _landed(state: VehicleState) -> bool | None:
    if state.telemetry.heartbeat is None or (state.armed and not state.tells_if_it_flies):
        return None
    return not state.in_air


def _mode_words(state: VehicleState) -> Text:
    """Return what it does; its mode means nothing while it stands on the ground with its motors off."""
    if not state.armed:
        return Text("地上で待機中", "on the ground")
    return mode_text(state.mode_number or 0)


def request_out(entry: StationRequest) -> RequestOut:
    """Return a request."""
    request = entry.request
    return RequestOut(
        id=request.id,
        item=request.item,
        mass_kg=request.mass_kg,
        site_id=request.site_id,
        urgency=int(request.urgency),
        note=request.note,
        requested_by=request.requested_by,
        requested_at_s=request.requested_at_s,
        state=entry.state,
        source=entry.source,
        plan_id=entry.plan_id,
        delivery_id=entry.delivery_id,
    )


def delivery_words(delivery: Delivery, plan: Plan, site_name: Text) -> Text:
    """Return what the delivery is doing."""
    end = end_words(delivery)
    if end is not None:
        return end
    if delivery.state in _STATE_WORDS:
        return _STATE_WORDS[delivery.state]
    return activity_words(delivery.progress, plan, site_name)


def delivery_out(delivery: Delivery, plan: Plan, *, site_name: Text, now_s: float) -> DeliveryOut:
    """Return a delivery with its checks, its progress along the plan and what comes next."""
    progress = delivery.progress
    flying = delivery.state not in BEFORE_FLIGHT and delivery.state not in ENDED
    next_event = next_event_words(progress, plan, site_name) if flying else None
    to_site_s, remaining_s = progress.to_site_s, progress.remaining_s
    return DeliveryOut(
        id=delivery.id,
        request_id=delivery.request_id,
        plan_id=delivery.plan_id,
        vehicle_id=delivery.vehicle_id,
        site_id=delivery.site_id,
        item=delivery.item,
        mass_kg=delivery.mass_kg,
        state=delivery.state,
        activity=text_out(delivery_words(delivery, plan, site_name)),
        next_event=None if next_event is None else text_out(next_event),
        progress=_fraction(delivery, plan),
        upload_progress=delivery.upload_fraction,
        distance_done_m=round(progress.distance_done_m, 1),
        eta_s=None if to_site_s is None or not flying else round(now_s + to_site_s, 1),
        eta_landing_s=None if remaining_s is None or not flying else round(now_s + remaining_s, 1),
        checks=[*_machine_checks(delivery), *_person_checks(delivery)],
        problem=None if delivery.problem is None else text_out(delivery.problem),
        problem_cure=None if delivery.problem_cure is None else text_out(delivery.problem_cure),
        started_at_s=delivery.started_at_s,
        delivered_at_s=progress.delivered_at_s,
        ended_at_s=delivery.ended_at_s,
        pictures=delivery.pictures,
        load_unknown=delivery.load_unknown,
    )


def _fraction(delivery: Delivery, plan: Plan) -> float:
    if delivery.state is DeliveryState.DONE or delivery.progress.stage is FlightStage.LANDED:
        return 1.0
    if delivery.progress.remaining_s is None or plan.duration_s <= 0.0:
        return 0.0
    return round(min(1.0, max(0.0, 1.0 - delivery.progress.remaining_s / plan.duration_s)), 3)


def _machine_checks(delivery: Delivery) -> list[CheckOut]:
    return [
        CheckOut(
            id=finding.rule,
            by=CheckBy.MACHINE,
            text=text_out(finding.text),
            state=_CHECK_STATES[finding.level],
            value=None,
            cure=cure_out(finding.cure),
            ticked_by=None,
            ticked_at_s=None,
        )
        for finding in delivery.machine_checks
    ]


def _person_checks(delivery: Delivery) -> list[CheckOut]:
    lines = []
    for check in PERSON_CHECKS:
        tick = delivery.ticks.get(check.id)
        lines.append(
            CheckOut(
                id=check.id,
                by=CheckBy.PERSON,
                text=text_out(check.text),
                state="waiting" if tick is None else "ok",
                value=None,
                cure=None,
                ticked_by=None if tick is None else tick.name,
                ticked_at_s=None if tick is None else tick.at_s,
            )
        )
    return lines
