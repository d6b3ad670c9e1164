"""A companion computer on a TCP MAVLink port of any vehicle, such as the second serial port of ArduPilot SITL.

It announces itself as an onboard controller, asks for attitude and position, and tells a camera of every shutter.
"""

import asyncio
import contextlib
import itertools
import time
from dataclasses import dataclass

import structlog
from pymavlink.dialects.v20 import ardupilotmega as mavlink

from fleet.ids import VehicleId
from sim.camera.back_off import BackOff
from sim.camera.shutter_watch import ShutterWatch
from sim.camera_port import Camera

_LOG = structlog.get_logger(__name__)
_READ_BYTES = 4096
_SILENCE_S = 15.0
_CONNECT_S = 10.0
_WANTED = (
    (mavlink.MAVLINK_MSG_ID_ATTITUDE, 4.0),
    (mavlink.MAVLINK_MSG_ID_GLOBAL_POSITION_INT, 4.0),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class VehiclePort:
    """Which vehicle is met where."""

    host: str
    port: int
    vehicle_id: VehicleId
    system_id: int = 1


async def watch_vehicle(port: VehiclePort, camera: Camera, *, back_off: BackOff | None = None) -> None:
    """Tell `camera` of the vehicle's shutters until cancelled; connects again when the link is lost or silent."""
    rule = back_off or BackOff(most_s=10.0)
    watch = ShutterWatch(vehicle_id=port.vehicle_id, system_id=port.system_id)
    failures = 0
    while True:
        try:
            async with asyncio.timeout(_CONNECT_S):
                reader, writer = await asyncio.open_connection(port.host, port.port)
        except OSError as error:
            failures += 1
            _LOG.info("vehicle_not_reached", host=port.host, port=port.port, error=str(error))
        else:
            failures = 1
            await _talk(port, camera, watch, reader, writer)
        await asyncio.sleep(rule.wait_s(failures))


async def _talk(
    port: VehiclePort,
    camera: Camera,
    watch: ShutterWatch,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
) -> None:
    announcing = asyncio.create_task(_announce(port, writer))
    parser = mavlink.MAVLink(None)
    parser.robust_parsing = True
    try:
        while True:
            async with asyncio.timeout(_SILENCE_S):
                data = await reader.read(_READ_BYTES)
            if not data:
                return
            for message in parser.parse_buffer(data) or ():
                shutter = watch.on_message(message, time.time())
                if shutter is not None:
                    camera.shutter(shutter)
    except OSError as error:
        _LOG.info("vehicle_lost", host=port.host, port=port.port, error=str(error))
    finally:
        announcing.cancel()
        with contextlib.suppress(asyncio.CancelledError, OSError):
            await announcing
        writer.close()


async def _announce(port: VehiclePort, writer: asyncio.StreamWriter) -> None:
    sender = mavlink.MAVLink(None, srcSystem=port.system_id, srcComponent=mavlink.MAV_COMP_ID_ONBOARD_COMPUTER)
    for beat in itertools.count():
        heartbeat = mavlink.MAVLink_heartbeat_message(
            mavlink.MAV_TYPE_ONBOARD_CONTROLLER, mavlink.MAV_AUTOPILOT_INVALID, 0, 0, mavlink.MAV_STATE_ACTIVE, 3
        )
        writer.write(heartbeat.pack(sender))
        if beat % 10 == 0:
            for message_id, rate_hz in _WANTED:
                writer.write(_interval(port.system_id, message_id, rate_hz).pack(sender))
        await writer.drain()
        await asyncio.sleep(1.0)


def _interval(system_id: int, message_id: int, rate_hz: float) -> mavlink.MAVLink_command_long_message:
    return mavlink.MAVLink_command_long_message(
        system_id,
        mavlink.MAV_COMP_ID_AUTOPILOT1,
        mavlink.MAV_CMD_SET_MESSAGE_INTERVAL,
        0,
        float(message_id),
        1e6 / rate_hz,
        0.0,
        0.0,
        0.0,
        0.0,
        0.0,
    )
