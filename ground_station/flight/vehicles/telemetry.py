"""What an aircraft says of itself, each value with the monotonic time (s) at which it was received."""

from enum import IntEnum, StrEnum

import msgspec

from fleet.positions import Position


class LandedState(IntEnum):
    """MAV_LANDED_STATE."""

    UNKNOWN = 0
    ON_GROUND = 1
    IN_AIR = 2
    TAKING_OFF = 3
    LANDING = 4


class SystemStatus(IntEnum):
    """MAV_STATE."""

    UNINIT = 0
    BOOT = 1
    CALIBRATING = 2
    STANDBY = 3
    ACTIVE = 4
    CRITICAL = 5
    EMERGENCY = 6
    POWEROFF = 7
    TERMINATION = 8


class Heartbeat(msgspec.Struct, frozen=True, kw_only=True):
    """Mode, arming and how it feels."""

    received_s: float
    mode_number: int
    armed: bool
    system_status: int
    vehicle_type: int
    autopilot: int


class Motion(msgspec.Struct, frozen=True, kw_only=True):
    """Where it is and how it moves. `boot_s` is the aircraft's own clock."""

    received_s: float
    boot_s: float
    position: Position
    alt_home_m: float
    north_mps: float
    east_mps: float
    climb_mps: float
    groundspeed_mps: float
    heading_deg: float | None


class BatteryState(msgspec.Struct, frozen=True, kw_only=True):
    """The first battery. None where the aircraft does not measure it."""

    received_s: float
    voltage_v: float | None
    current_a: float | None
    percent: int | None
    consumed_mah: float | None


class GpsState(msgspec.Struct, frozen=True, kw_only=True):
    """The first GPS. `fix_type` is GPS_FIX_TYPE: 3 is a 3D fix."""

    received_s: float
    fix_type: int
    satellites: int | None
    hdop: float | None


class EkfState(msgspec.Struct, frozen=True, kw_only=True):
    """The estimator: EKF_STATUS_FLAGS and its variances (below 0.8 is healthy)."""

    received_s: float
    flags: int
    velocity_variance: float
    position_variance: float
    height_variance: float
    compass_variance: float

    @property
    def has_absolute_position(self) -> bool:
        """Return True if it knows where it is: POS_HORIZ_ABS, not CONST_POS_MODE, attitude and velocity good."""
        return self.flags & 0x10 != 0 and self.flags & 0x80 == 0 and self.flags & 0x03 == 0x03


class SensorHealth(msgspec.Struct, frozen=True, kw_only=True):
    """SYS_STATUS: MAV_SYS_STATUS_SENSOR bits, load, and lost messages."""

    received_s: float
    present: int
    enabled: int
    healthy: int
    load_percent: float

    @property
    def arming_allowed(self) -> bool:
        """Return True if the autopilot's own pre-arm checks pass (bit 28 MAV_SYS_STATUS_PREARM_CHECK)."""
        return self.healthy & 0x10000000 != 0

    @property
    def unhealthy(self) -> int:
        """Return the bits of what is enabled but not well, the pre-arm bit left out."""
        return self.enabled & ~self.healthy & ~0x10000000


class MissionProgress(msgspec.Struct, frozen=True, kw_only=True):
    """Where the mission stands. `state` is MISSION_STATE: 3 active, 5 complete; `total` leaves item 0 out."""

    received_s: float
    seq: int
    total: int | None
    state: int


class MissionReached(msgspec.Struct, frozen=True, kw_only=True):
    """The last item reached."""

    received_s: float
    seq: int


class Landed(msgspec.Struct, frozen=True, kw_only=True):
    """EXTENDED_SYS_STATE."""

    received_s: float
    state: LandedState


class Home(msgspec.Struct, frozen=True, kw_only=True):
    """Where it takes home to be."""

    received_s: float
    position: Position


class Navigation(msgspec.Struct, frozen=True, kw_only=True):
    """How far the next waypoint is, m, and how far off track, m."""

    received_s: float
    distance_to_waypoint_m: float
    cross_track_m: float
    height_error_m: float


class AirData(msgspec.Struct, frozen=True, kw_only=True):
    """VFR_HUD: airspeed and throttle."""

    received_s: float
    airspeed_mps: float
    throttle_percent: int


class Wind(msgspec.Struct, frozen=True, kw_only=True):
    """The wind that the estimator sees; `from_deg` is where it comes from."""

    received_s: float
    from_deg: float
    speed_mps: float


class FenceState(msgspec.Struct, frozen=True, kw_only=True):
    """FENCE_STATUS: breached now, how often, and by what (FENCE_BREACH)."""

    received_s: float
    breached: bool
    count: int
    kind: int


class Radio(msgspec.Struct, frozen=True, kw_only=True):
    """RADIO_STATUS of a telemetry radio, as the radio reports it."""

    received_s: float
    rssi: int
    remote_rssi: int
    buffer_free_percent: int


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """AUTOPILOT_VERSION: capabilities, version (major, minor, patch), the eight bytes of its build, unique id."""

    received_s: float
    capabilities: int
    version: tuple[int, int, int]
    custom_version: bytes
    unique_id: str


class StatusText(msgspec.Struct, frozen=True, kw_only=True):
    """One whole text; `severity` is MAV_SEVERITY (0 emergency … 7 debug)."""

    received_s: float
    severity: int
    text: str


class Capture(msgspec.Struct, frozen=True, kw_only=True):
    """One picture that the camera reported (CAMERA_IMAGE_CAPTURED or CAMERA_FEEDBACK)."""

    received_s: float
    image_index: int
    position: Position
    alt_home_m: float
    file: str


class Simulated(StrEnum):
    """Whether the aircraft is a simulation; `unknown` until it is proved one way or the other."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Telemetry(msgspec.Struct, frozen=True, kw_only=True):
    """The newest of everything, as far as it was ever received. Immutable."""

    heartbeat: Heartbeat | None = None
    motion: Motion | None = None
    battery: BatteryState | None = None
    gps: GpsState | None = None
    ekf: EkfState | None = None
    sensors: SensorHealth | None = None
    mission: MissionProgress | None = None
    reached: MissionReached | None = None
    landed: Landed | None = None
    home: Home | None = None
    navigation: Navigation | None = None
    air: AirData | None = None
    wind: Wind | None = None
    fence: FenceState | None = None
    radio: Radio | None = None
    identity: Identity | None = None
    capture: Capture | None = None
