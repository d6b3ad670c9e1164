"""What is sent after a shutter: CAMERA_FEEDBACK as ArduPilot does (counted from 1), CAMERA_IMAGE_CAPTURED (from 0)."""

import math

from sim.camera_port import Shutter
from sim.mavlink.wire import Packet, message

_CAPTURED = message("CAMERA_IMAGE_CAPTURED")
_FEEDBACK = message("CAMERA_FEEDBACK")


def picture_packets(shutter: Shutter, boot_s: float) -> list[Packet]:
    """Return the messages of one picture."""
    lat, lon = round(shutter.position.lat_deg * 1e7), round(shutter.position.lon_deg * 1e7)
    half = math.radians(shutter.heading_deg) / 2.0
    index = shutter.image_index
    captured = _CAPTURED.pack(
        int(shutter.at_s * 1e6), int(boot_s * 1000.0), lat, lon, int(shutter.position.alt_amsl_m * 1000.0),
        int(shutter.alt_home_m * 1000.0), math.cos(half), 0.0, 0.0, math.sin(half), index, 0, 1,
        shutter.file_name.encode(),
    )  # fmt: skip
    feedback = _FEEDBACK.pack(
        int(shutter.at_s * 1e6), lat, lon, shutter.position.alt_amsl_m, shutter.alt_home_m, shutter.roll_deg,
        shutter.pitch_deg, shutter.heading_deg, 0.0, (index + 1) & 0xFFFF, 0, 0, 0, 0,
    )  # fmt: skip
    return [feedback, captured]
