"""In a drill the load exists only for the simulator: saying that it is fixed hangs it under the simulated aircraft."""

from ground_station.vehicles.telemetry import Simulated
from ground_station.vehicles.vehicle import Vehicle

_PARAMETER = "SIM_PAYLOAD_KG"


async def load_simulated(vehicle: Vehicle, mass_kg: float) -> bool:
    """Give a simulated aircraft that knows loads its load; return whether it was one. Raises FleetError."""
    if vehicle.state().simulated is not Simulated.YES or _PARAMETER not in vehicle.parameters:
        return False
    await vehicle.set_parameter(_PARAMETER, mass_kg)
    return True
