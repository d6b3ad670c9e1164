"""What happens in the first seconds after power on, as recorded from ArduCopter 4.7's simulated quad."""

from dataclasses import dataclass

from sim.vehicle.modes import Severity

INITIALISED_S = 1.4
STANDBY_S = 1.5
STORAGE_READY_S = 1.0
EKF_S = 3.4
GPS_S = 8.8
ORIGIN_S = 19.0
POSITION_S = 40.6


@dataclass(frozen=True, slots=True)
class Step:
    """A text that comes at a time after power on."""

    at_s: float
    text: str
    severity: int = Severity.INFO


STEPS = (
    Step(0.9, "Barometer 1 calibration complete"),
    Step(0.9, "Barometer 2 calibration complete"),
    Step(INITIALISED_S, "ArduPilot Ready"),
    Step(INITIALISED_S, "AHRS: DCM active"),
    Step(1.7, "RC7: SaveWaypoint LOW"),
    Step(EKF_S, "EKF3 IMU0 initialised"),
    Step(EKF_S, "EKF3 IMU1 initialised"),
    Step(EKF_S, "AHRS: EKF3 active"),
    Step(4.8, "EKF3 IMU0 tilt alignment complete"),
    Step(4.8, "EKF3 IMU1 tilt alignment complete"),
    Step(4.9, "EKF3 IMU0 MAG0 initial yaw alignment complete"),
    Step(4.9, "EKF3 IMU1 MAG0 initial yaw alignment complete"),
    Step(GPS_S, "GPS 1: probing for u-blox at 230400 baud"),
    Step(GPS_S, "GPS 1: detected u-blox"),
    Step(ORIGIN_S, "EKF3 IMU0 origin set"),
    Step(19.2, "EKF3 IMU1 origin set"),
    Step(POSITION_S, "EKF3 IMU0 is using GPS"),
    Step(POSITION_S, "EKF3 IMU1 is using GPS"),
)


def arming_reason(age_s: float) -> str | None:
    """Return why a vehicle powered on `age_s` ago cannot arm yet, None once it can."""
    if age_s < INITIALISED_S:
        return "System not initialised"
    if age_s < GPS_S:
        return "Accels inconsistent"
    if age_s < POSITION_S:
        return "Need Position Estimate"
    return None
