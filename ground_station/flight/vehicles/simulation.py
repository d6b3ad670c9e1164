"""Is this aircraft a simulation? Nothing is assumed: it is shown to be one, or shown not to be, or unknown.

ArduPilot SITL sends SIMSTATE (164) and has parameters that begin with `SIM_`; our simulator names itself KAKESIM1 in
AUTOPILOT_VERSION and has SIM_KAKEHASHI. An aircraft with a whole parameter list free of these, a version that is not
ours and no SIMSTATE is a real one.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from ground_station.flight.vehicles.telemetry import Simulated

OUR_SIMULATOR = b"KAKESIM1"


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulationEvidence:
    """What was seen. `parameters` is None until the whole list was read."""

    simstate_seen: bool = False
    custom_version: bytes | None = None
    parameters: Mapping[str, float] | None = None
    simulator_parameter_seen: bool = False

    @property
    def verdict(self) -> Simulated:
        """Return what the evidence shows."""
        listed = self.parameters is not None and any(name.startswith("SIM_") for name in self.parameters)
        if self.simstate_seen or self.simulator_parameter_seen or listed or self.custom_version == OUR_SIMULATOR:
            return Simulated.YES
        if self.parameters and self.custom_version is not None:
            return Simulated.NO
        return Simulated.UNKNOWN
