"""What the machine checks of an aircraft before a flight: which it is, its reports, its failsafes, the drill wall."""

import asyncio
from dataclasses import dataclass

from fleet.errors import ExpiredError, NotFoundError, RefusedError
from fleet.realm import Realm
from fleet.text import Text
from ground_station.flight.preflight.aircraft_checks import TakeOffNeeds, aircraft_checks
from ground_station.flight.preflight.drill_wall import drill_wall, require_realm
from ground_station.flight.preflight.parameter_checks import apply_required_parameters, parameter_checks
from ground_station.flight.preflight.required_parameters import RequiredParameter, required_parameters
from ground_station.flight.preflight.system_id import system_id_check
from ground_station.flight.vehicles.flight_command import Action
from ground_station.flight.vehicles.state import LinkState
from ground_station.flight.vehicles.telemetry import Simulated
from ground_station.flight.vehicles.vehicle import Vehicle
from missions.values.aircraft import Aircraft
from missions.values.finding import Finding, Level
from missions.values.plan import Plan
from missions.values.town import Town

_MOST_RESTARTS = 3
_RESTART_S = 60.0
_LEAST_RESTART_S = 20.0
_SETTLE_S = 6.0


def _is_back(vehicle: Vehicle, reboots: int) -> bool:
    state = vehicle.state()
    return state.reboots > reboots and state.link is LinkState.FRESH and state.telemetry.identity is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Signed:
    """Sets parameters of an aircraft in somebody's name."""

    vehicle: Vehicle
    author: str

    async def set_parameter(self, name: str, value: float) -> None:
        await self.vehicle.set_parameter(name, value, author=self.author)


class MachineChecks:
    """Checks aircraft of one town in one realm."""

    def __init__(self, *, town: Town, realm: Realm, time_scale: float = 1.0) -> None:
        self._town = town
        self._realm = realm
        self._time_scale = time_scale

    async def check(self, vehicle: Vehicle, plan: Plan) -> tuple[Finding, ...]:
        """Return every check with its value; parameters are read anew after each restart of the aircraft.

        Raises UnavailableError or ExpiredError if the aircraft does not answer.
        """
        await self._know_parameters(vehicle)
        state = vehicle.state()
        needs = TakeOffNeeds(home=plan.home, plan_name=plan.id, battery_percent=self._battery_percent(plan))
        required = self._required(vehicle, plan)
        return (
            drill_wall(self._realm, state.simulated),
            system_id_check(self._realm, self._aircraft(plan), state.system_id),
            *aircraft_checks(state, needs),
            *parameter_checks(required, vehicle.parameters),
        )

    async def cure(self, vehicle: Vehicle, plan: Plan, *, author: str) -> None:
        """Set on the aircraft what the flight needs and read it back; do so before its plan is put on board.

        Some settings count only after a restart, which hides what was on board, and others appear only then; so it is
        restarted, on the ground, and looked at again. Raises RefusedError, before anything is written, on the wrong
        side of the drill wall and for what may be another aircraft; RefusedError, ExpiredError or UnavailableError as
        the aircraft answers.
        """
        for _ in range(_MOST_RESTARTS + 1):
            require_realm(self._realm, await vehicle.identify())
            self._require_system_id(vehicle, plan)
            await self._know_parameters(vehicle)
            signed = _Signed(vehicle=vehicle, author=author)
            applied = await apply_required_parameters(signed, self._required(vehicle, plan), vehicle.parameters)
            if not any(needed.needs_restart for needed in applied):
                return
            await self._restart(vehicle, author)
        raise RefusedError(
            Text("機体の設定が再起動しても残りません", "the aircraft's settings do not stay after a restart"),
            Text("機体の設定値の保存を確認してください", "check that the aircraft can save its parameters"),
        )

    async def _restart(self, vehicle: Vehicle, author: str) -> None:
        reboots = vehicle.state().reboots
        await vehicle.order(Action.RESTART, author=author)
        wait_s = max(_LEAST_RESTART_S, _RESTART_S / self._time_scale)
        if not await vehicle.contact.conversation.until(lambda: _is_back(vehicle, reboots), wait_s):
            raise ExpiredError(
                Text(
                    f"再起動した機体が {wait_s:.0f} 秒で戻りません", f"it is not back {wait_s:.0f} s after its restart"
                ),
                Text("機体の電源を確かめてください", "check the aircraft's power"),
            )
        # A second restart within its first seconds could not be told from the first.
        await asyncio.sleep(vehicle.contact.timing.real_s(_SETTLE_S, at_least_s=1.0))

    def problem(self, vehicle: Vehicle) -> Finding | None:
        """Return why an aircraft that is heard may not fly in this realm, or may not be the town's, or None."""
        state = vehicle.state()
        if state.link is LinkState.LOST:
            return None
        findings = []
        if state.simulated is not Simulated.UNKNOWN:
            findings.append(drill_wall(self._realm, state.simulated))
        aircraft = self._town.aircraft.get(vehicle.id)
        if aircraft is not None and state.system_id:
            findings.append(system_id_check(self._realm, aircraft, state.system_id))
        return next((finding for finding in findings if finding.level is Level.REFUSE), None)

    def _require_system_id(self, vehicle: Vehicle, plan: Plan) -> None:
        finding = system_id_check(self._realm, self._aircraft(plan), vehicle.state().system_id)
        if finding.level is Level.REFUSE:
            raise RefusedError(finding.text, None if finding.cure is None else finding.cure.text)

    async def _know_parameters(self, vehicle: Vehicle) -> None:
        if vehicle.contact.tracker.evidence.parameters is None:
            await vehicle.fetch_parameters()

    def _required(self, vehicle: Vehicle, plan: Plan) -> tuple[RequiredParameter, ...]:
        simulated = vehicle.state().simulated is Simulated.YES
        return required_parameters(
            plan, self._aircraft(plan), vehicle.parameters, simulated=simulated, time_scale=self._time_scale
        )

    def _battery_percent(self, plan: Plan) -> float:
        battery = self._aircraft(plan).battery
        whole_wh = battery.capacity_mah * battery.nominal_v / 1000.0
        unusable_wh = whole_wh - battery.usable_wh
        return min(100.0, 100.0 * (plan.energy.needed_wh + plan.energy.reserve_wh + unusable_wh) / whole_wh)

    def _aircraft(self, plan: Plan) -> Aircraft:
        aircraft = self._town.aircraft.get(plan.vehicle_id)
        if aircraft is None:
            raise NotFoundError(
                Text(f"機体 {plan.vehicle_id} は町の登録にありません", f"the town has no aircraft {plan.vehicle_id}"),
                Text("町のデータに機体を登録してください", "add the aircraft to the town's data"),
            )
        return aircraft
