"""Are the autopilot's settings right for this flight, and putting right those that are not."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from fleet.text import Text
from ground_station.flight.preflight.required_parameters import Bound, RequiredParameter
from missions.values.finding import Cure, Finding, Level

SET_PARAMETERS = "set_parameters"
"""The cure's action: `apply_required_parameters`."""

_SIGNS = {Bound.EQUAL: "", Bound.AT_LEAST: "≥ ", Bound.AT_MOST: "≤ "}


class ParameterSetter(Protocol):
    """What sets parameters and reads them back; a `Vehicle` is one."""

    async def set_parameters(self, values: Mapping[str, float]) -> None:
        """Set all and read each back; raises RefusedError or ExpiredError for the first that is not set."""
        ...


def parameter_checks(required: Sequence[RequiredParameter], known: Mapping[str, float]) -> tuple[Finding, ...]:
    """Return a finding for each setting: ok with its value, or refuse with the cure."""
    return tuple(_finding(needed, known.get(needed.name)) for needed in required)


def unmet(required: Sequence[RequiredParameter], known: Mapping[str, float]) -> tuple[RequiredParameter, ...]:
    """Return the settings that are not right."""
    return tuple(needed for needed in required if not needed.met_by(known.get(needed.name)))


async def apply_required_parameters(
    vehicle: ParameterSetter, required: Sequence[RequiredParameter], known: Mapping[str, float]
) -> tuple[RequiredParameter, ...]:
    """Set what is not right and read each back, but no wiring; return what was set. Raises as the setter does.

    If any of it `needs_restart`, the autopilot must be restarted (`Action.RESTART`) before it works; ArduCopter reads
    the gripper's settings only when it starts. Settings that appear only then (GRIP_TYPE) need a second round.
    """
    wrong = tuple(needed for needed in unmet(required, known) if not needed.is_wiring)
    if wrong:
        await vehicle.set_parameters({needed.name: needed.value for needed in wrong})
    return wrong


def _finding(needed: RequiredParameter, actual: float | None) -> Finding:
    rule = f"parameter.{needed.name}"
    if needed.met_by(actual):
        return Finding(
            level=Level.OK,
            rule=rule,
            text=Text(f"{needed.why.ja}: {needed.name} = {actual:g}", f"{needed.why.en}: {needed.name} = {actual:g}"),
        )
    wanted = f"{_SIGNS[needed.bound]}{needed.value:g}"
    now = Text("未確認", "unknown") if actual is None else Text(f"{actual:g}", f"{actual:g}")
    return Finding(
        level=Level.REFUSE,
        rule=rule,
        text=Text(
            f"{needed.why.ja}: {needed.name} が {now.ja} です（必要 {wanted}）",
            f"{needed.why.en}: {needed.name} is {now.en}, needed {wanted}",
        ),
        cure=_cure(needed, wanted),
    )


def _cure(needed: RequiredParameter, wanted: str) -> Cure:
    if needed.is_wiring:
        return Cure(
            text=Text(
                f"整備する人が、配線を確かめて {needed.name} を {wanted} にする",
                f"whoever maintains the aircraft: check the wiring, and set {needed.name} to {wanted}",
            )
        )
    return Cure(
        text=Text(f"{needed.name} を {needed.value:g} にする", f"set {needed.name} to {needed.value:g}"),
        action=SET_PARAMETERS,
        value=needed.value,
    )
