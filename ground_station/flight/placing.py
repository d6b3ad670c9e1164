"""Puts a flight on board: the settings it needs, then fence, rally points and mission, everything read back."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from fleet.errors import ExpiredError, RefusedError
from fleet.text import Text
from ground_station.flight.flight_plan import FlightPlan, PlanDigest
from ground_station.flight.judge import Judge
from ground_station.flight.preflight.drill_wall import require_realm
from ground_station.flight.preflight.parameter_checks import apply_required_parameters
from ground_station.flight.vehicles.flight_command import Action
from ground_station.flight.vehicles.parameter_transfer import read_parameters
from ground_station.flight.vehicles.plan_transfer import Progress
from ground_station.flight.vehicles.state import LinkState
from ground_station.flight.vehicles.vehicle import PlanItems, Vehicle
from missions.values.finding import Level

_MOST_RESTARTS = 3
_RESTART_S = 60.0
_LEAST_RESTART_S = 20.0
_SETTLE_S = 6.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Signed:
    """Sets parameters of an aircraft in somebody's name."""

    vehicle: Vehicle
    author: str

    async def set_parameters(self, values: Mapping[str, float]) -> None:
        await self.vehicle.set_parameters(values, author=self.author)


def items_of(plan: FlightPlan, digest: PlanDigest) -> PlanItems:
    """Return the lists of a flight, under its digest."""
    return PlanItems(name=digest, mission=plan.mission, fence=plan.fence, rally=plan.rally)


class Placing:
    """Brings one flight to one aircraft on the ground."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge

    async def put_right(self, vehicle: Vehicle, plan: FlightPlan, *, author: str) -> None:
        """Set on the aircraft what the flight needs and read it back; do so before its plan is put on board.

        Some settings count only after a restart, which hides what was on board, and others appear only then; so it is
        restarted, on the ground, and looked at again. Raises RefusedError, before anything is written, on the wrong
        side of the drill wall and for what may be another aircraft; RefusedError, ExpiredError or UnavailableError as
        the aircraft answers.
        """
        for _ in range(_MOST_RESTARTS + 1):
            require_realm(self._judge.realm, await vehicle.identify())
            self._require_system_id(vehicle, plan)
            await know_parameters(vehicle)
            signed = _Signed(vehicle=vehicle, author=author)
            required = self._judge.required(vehicle, plan)
            applied = await apply_required_parameters(signed, required, vehicle.parameters)
            if not any(needed.needs_restart for needed in applied):
                return
            await self._restart(vehicle, author)
        raise RefusedError(
            Text("機体の設定が再起動しても残りません", "the aircraft's settings do not stay after a restart"),
            Text("機体の設定値の保存を確認してください", "check that the aircraft can save its parameters"),
        )

    async def place(
        self, vehicle: Vehicle, plan: FlightPlan, digest: PlanDigest, progress: Progress | None = None
    ) -> None:
        """Put the lists on board and read them back; errors as `Vehicle.upload_plan`."""
        await vehicle.upload_plan(items_of(plan, digest), progress)

    async def read_required(self, vehicle: Vehicle, plan: FlightPlan) -> None:
        """Ask the aircraft again for every setting that the flight needs; raises ExpiredError for one unanswered."""
        names = [needed.name for needed in self._judge.required(vehicle, plan) if needed.name.isidentifier()]
        values = await read_parameters(vehicle.contact, names)
        silent = next((name for name in names if values[name] is None), None)
        if silent is not None:
            raise ExpiredError(
                Text(f"設定値 {silent} に機体が答えません", f"the aircraft does not answer about {silent}"),
                Text("電波を確かめて、もう一度押してください", "check the radio, then press again"),
            )

    async def _restart(self, vehicle: Vehicle, author: str) -> None:
        reboots = vehicle.state().reboots
        await vehicle.order(Action.RESTART, author=author)
        wait_s = max(_LEAST_RESTART_S, _RESTART_S / self._judge.time_scale)
        if not await vehicle.contact.conversation.until(lambda: _is_back(vehicle, reboots), wait_s):
            raise ExpiredError(
                Text(
                    f"再起動した機体が {wait_s:.0f} 秒で戻りません", f"it is not back {wait_s:.0f} s after its restart"
                ),
                Text("機体の電源を確かめてください", "check the aircraft's power"),
            )
        # A second restart within its first seconds could not be told from the first.
        await asyncio.sleep(vehicle.contact.timing.real_s(_SETTLE_S, at_least_s=1.0))

    def _require_system_id(self, vehicle: Vehicle, plan: FlightPlan) -> None:
        finding = self._judge.system_id(vehicle, plan)
        if finding.level is Level.REFUSE:
            raise RefusedError(finding.text, None if finding.cure is None else finding.cure.text)


async def know_parameters(vehicle: Vehicle) -> None:
    """Read the whole list unless it was since the aircraft's start; raises ExpiredError or UnavailableError."""
    if vehicle.contact.tracker.evidence.parameters is None:
        await vehicle.fetch_parameters()


def _is_back(vehicle: Vehicle, reboots: int) -> bool:
    state = vehicle.state()
    return state.reboots > reboots and state.link is LinkState.FRESH and state.telemetry.identity is not None
