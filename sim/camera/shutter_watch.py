"""Reads a vehicle's MAVLink for its camera's shutters, as a companion computer does. Sans-I/O.

Understands CAMERA_IMAGE_CAPTURED (263) and CAMERA_FEEDBACK (180, ArduPilot); a vehicle that sends both for one
picture is heard once. Attitude comes from ATTITUDE, the rest from the camera's own message.
"""

import math
from dataclasses import dataclass

from pymavlink.dialects.v20 import ardupilotmega as mavlink

from fleet.ids import VehicleId
from fleet.positions import Position
from fleet.units import degrees_from_e7
from sim.camera_port import Shutter

_SAME_PLACE_DEG = 2e-6
_SAME_MOMENT_S = 2.0
_EARLIEST_S = 1.0e9


@dataclass(slots=True)
class ShutterWatch:
    """The state of one vehicle's companion: `on_message` in, shutters out."""

    vehicle_id: VehicleId
    system_id: int = 1
    _roll_deg: float = 0.0
    _pitch_deg: float = 0.0
    _heading_deg: float = 0.0
    _alt_home_m: float = 0.0
    _last: tuple[str, float, float, float] | None = None
    _count: int = 0

    def on_message(self, message: mavlink.MAVLink_message, now_s: float) -> Shutter | None:
        """Take in one message; return the shutter it tells of, once. `now_s` serves where the vehicle has no clock."""
        if message.get_srcSystem() != self.system_id:
            return None
        kind = message.get_type()
        if kind == "ATTITUDE":
            self._roll_deg, self._pitch_deg = math.degrees(message.roll), math.degrees(message.pitch)
            self._heading_deg = math.degrees(message.yaw) % 360.0
        elif kind == "GLOBAL_POSITION_INT":
            self._alt_home_m = message.relative_alt / 1000.0
        elif kind == "CAMERA_IMAGE_CAPTURED" and message.capture_result == 1:
            return self._captured(message, now_s)
        elif kind == "CAMERA_FEEDBACK":
            return self._feedback(message, now_s)
        return None

    def _captured(self, message: mavlink.MAVLink_message, now_s: float) -> Shutter | None:
        position = Position(
            lon_deg=degrees_from_e7(message.lon), lat_deg=degrees_from_e7(message.lat), alt_amsl_m=message.alt / 1000.0
        )
        return self._shutter(
            "captured", position, now_s, at_s=message.time_utc / 1e6, alt_home_m=message.relative_alt / 1000.0
        )

    def _feedback(self, message: mavlink.MAVLink_message, now_s: float) -> Shutter | None:
        position = Position(
            lon_deg=degrees_from_e7(message.lng),
            lat_deg=degrees_from_e7(message.lat),
            alt_amsl_m=float(message.alt_msl),
        )
        self._heading_deg = message.yaw % 360.0
        return self._shutter(
            "feedback", position, now_s, at_s=message.time_usec / 1e6, alt_home_m=float(message.alt_rel)
        )

    def _shutter(
        self, kind: str, position: Position, now_s: float, *, at_s: float, alt_home_m: float
    ) -> Shutter | None:
        if self._is_repeated(kind, position, now_s):
            return None
        self._last = (kind, now_s, position.lon_deg, position.lat_deg)
        index = self._count
        self._count += 1
        return Shutter(
            vehicle_id=self.vehicle_id,
            image_index=index,
            position=position,
            alt_home_m=alt_home_m if math.isfinite(alt_home_m) else self._alt_home_m,
            roll_deg=self._roll_deg,
            pitch_deg=self._pitch_deg,
            heading_deg=self._heading_deg,
            at_s=at_s if at_s > _EARLIEST_S else now_s,
            file_name=f"{self.vehicle_id}-{index:05}.jpg",
        )

    def _is_repeated(self, kind: str, position: Position, now_s: float) -> bool:
        """Return whether this is the other message about the picture just heard of."""
        if self._last is None:
            return False
        last_kind, last_s, lon_deg, lat_deg = self._last
        near = abs(position.lon_deg - lon_deg) <= _SAME_PLACE_DEG and abs(position.lat_deg - lat_deg) <= _SAME_PLACE_DEG
        return kind != last_kind and near and now_s - last_s <= _SAME_MOMENT_S
