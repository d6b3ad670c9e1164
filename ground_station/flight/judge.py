"""What the machine finds of an aircraft before a flight: which it is, its reports, its settings, the drill wall."""

from dataclasses import dataclass

from fleet.realm import Realm
from ground_station.flight.autopilot_station import VehicleSetting
from ground_station.flight.flight_plan import FlightPlan, PlanDigest
from ground_station.flight.preflight.aircraft_checks import TakeOffNeeds, aircraft_checks
from ground_station.flight.preflight.drill_wall import drill_wall
from ground_station.flight.preflight.parameter_checks import parameter_checks
from ground_station.flight.preflight.required_parameters import RequiredParameter, required_parameters
from ground_station.flight.preflight.system_id import system_id_check
from ground_station.flight.vehicles.state import LinkState
from ground_station.flight.vehicles.telemetry import Simulated
from ground_station.flight.vehicles.vehicle import Vehicle
from missions.values.finding import Finding, Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """Judges aircraft of one realm; in a drill that runs `time_scale` times as fast as life."""

    realm: Realm
    time_scale: float = 1.0

    def findings(self, vehicle: Vehicle, plan: FlightPlan, digest: PlanDigest) -> tuple[Finding, ...]:
        """Return every check with its value, as the aircraft is known now."""
        state = vehicle.state()
        needs = TakeOffNeeds(home=plan.home, digest=digest, battery_percent=plan.needs.battery_percent)
        return (
            drill_wall(self.realm, state.simulated),
            self.system_id(vehicle, plan),
            *aircraft_checks(state, needs),
            *parameter_checks(self.required(vehicle, plan), vehicle.parameters),
        )

    def required(self, vehicle: Vehicle, plan: FlightPlan) -> tuple[RequiredParameter, ...]:
        """Return what must be set on the aircraft for this flight, in its firmware's names."""
        simulated = vehicle.state().simulated is Simulated.YES
        return required_parameters(plan, vehicle.parameters, simulated=simulated, time_scale=self.time_scale)

    def system_id(self, vehicle: Vehicle, plan: FlightPlan) -> Finding:
        """Return whether the aircraft on the link is the one that the plan is for."""
        return system_id_check(
            self.realm,
            vehicle.state().system_id,
            named=plan.needs.system_id,
            vehicle_id=plan.vehicle_id,
            name=plan.needs.aircraft_name,
        )

    def problem(self, vehicle: Vehicle, setting: VehicleSetting) -> Finding | None:
        """Return why an aircraft that is heard may not fly in this realm, or may not be the town's, or None."""
        state = vehicle.state()
        if state.link is LinkState.LOST:
            return None
        findings = []
        if state.simulated is not Simulated.UNKNOWN:
            findings.append(drill_wall(self.realm, state.simulated))
        if setting.registered is not None and setting.name is not None and state.system_id:
            findings.append(
                system_id_check(
                    self.realm,
                    state.system_id,
                    named=setting.registered,
                    vehicle_id=setting.id,
                    name=setting.name,
                )
            )
        return next((finding for finding in findings if finding.level is Level.REFUSE), None)
