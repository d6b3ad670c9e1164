"""In a drill the load exists only for the simulator: saying that it is fixed hangs it under the simulated aircraft."""

from ground_station.flight.vehicles.telemetry import Simulated
from ground_station.flight.vehicles.vehicle import Vehicle
from missions.values.aircraft import Aircraft

_PARAMETER = "SIM_PAYLOAD_KG"


async def load_simulated(vehicle: Vehicle, aircraft: Aircraft, mass_kg: float) -> bool:
    """Give a simulated aircraft that knows loads its load; return whether it was one. Raises FleetError.

    An aircraft whose load is nominal flies empty.
    """
    if (
        aircraft.load_is_nominal
        or vehicle.state().simulated is not Simulated.YES
        or _PARAMETER not in vehicle.parameters
    ):
        return False
    await vehicle.set_parameter(_PARAMETER, mass_kg)
    return True
