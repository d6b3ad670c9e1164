"""What a person must know at once about a flight, found by comparing an aircraft's states. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from fleet.text import Text
from ground_station.flight.vehicles.failsafe_cause import failsafe_cause
from ground_station.flight.vehicles.state import LinkState, VehicleState

ENDING_SUBJECTS = frozenset({"link", "failsafe", "reboot"})
"""The subjects whose alerts end when their cause does."""


class AlertLevel(StrEnum):
    """How much it presses."""

    WARN = "warn"
    ACT = "act"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertNews:
    """One alert without id and time. `subject` is the kind; one kind a vehicle is open at a time."""

    subject: str
    level: AlertLevel
    text: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertView:
    """What alerts are drawn from."""

    link: LinkState
    flying: bool
    failsafe: Text | None
    reboots: int
    duplicate: bool
    other_station: int | None


def alert_view(state: VehicleState) -> AlertView:
    """Return what matters of a state."""
    return AlertView(
        link=state.link,
        flying=state.armed and state.in_air,
        failsafe=failsafe_cause(state),
        reboots=state.reboots,
        duplicate=state.duplicate_suspected,
        other_station=state.other_station,
    )


def alerts_between(before: AlertView | None, now: AlertView, *, name: Text, silence: Text) -> list[AlertNews]:
    """Return what became worth saying; `silence` says what the aircraft does when it hears nobody."""
    if before is None:
        return []
    news = []
    if now.link is LinkState.LOST and before.link is not LinkState.LOST and (now.flying or before.flying):
        news.append(
            AlertNews(
                subject="link",
                level=AlertLevel.ACT,
                text=Text(f"{name.ja}: 通信が途絶しました。{silence.ja}", f"{name.en}: the link is lost. {silence.en}"),
            )
        )
    if now.failsafe is not None and now.failsafe != before.failsafe:
        news.append(
            AlertNews(
                subject="failsafe",
                level=AlertLevel.ACT,
                text=Text(f"{name.ja}: {now.failsafe.ja}", f"{name.en}: {now.failsafe.en}"),
            )
        )
    if now.reboots > before.reboots:
        news.append(
            AlertNews(
                subject="reboot",
                level=AlertLevel.ACT if before.flying else AlertLevel.WARN,
                text=Text(f"{name.ja}: 機体が再起動しました", f"{name.en}: the aircraft restarted"),
            )
        )
    if now.duplicate and not before.duplicate:
        news.append(
            AlertNews(
                subject="duplicate",
                level=AlertLevel.ACT,
                text=Text(
                    f"{name.ja}: 同じ番号の機体がもう 1 機います", f"{name.en}: a second aircraft uses its number"
                ),
            )
        )
    if now.other_station is not None and now.other_station != before.other_station:
        news.append(
            AlertNews(
                subject="other-station",
                level=AlertLevel.WARN,
                text=Text(
                    f"{name.ja}: 別の地上局（番号 {now.other_station}）も通信しています",
                    f"{name.en}: another ground station ({now.other_station}) is talking to it",
                ),
            )
        )
    return news


def alerts_over(before: AlertView | None, now: AlertView) -> frozenset[str]:
    """Return the subjects whose alerts are over and need not be shown any more; they stay on record."""
    if before is None:
        return frozenset()
    over = set()
    if now.link is LinkState.FRESH and before.link is not LinkState.FRESH:
        over.add("link")
    if now.failsafe is None and not now.flying and (before.failsafe is not None or before.flying):
        over.add("failsafe")
    if not now.flying and before.flying:
        over.add("reboot")
    return frozenset(over)


def over_since_restart(state: VehicleState) -> frozenset[str]:
    """Return the subjects that an aircraft shows to be over, of which the station does not know how they went on.

    Only an aircraft that is heard and not armed shows that a failsafe or a restart in flight is past: while it is armed
    and its height not heard yet, it may be in the air.
    """
    if state.link is not LinkState.FRESH or state.telemetry.heartbeat is None:
        return frozenset()
    over = {"link"}
    if not state.armed:
        over.add("reboot")
        if state.critical_since_s is None:
            over.add("failsafe")
    return frozenset(over)
