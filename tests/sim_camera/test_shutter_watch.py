import asyncio
import math
from collections.abc import Sequence

import pytest
from pymavlink.dialects.v20 import ardupilotmega as mavlink

from fleet.ids import VehicleId
from sim.camera.back_off import BackOff
from sim.camera.mavlink_tcp import VehiclePort, watch_vehicle
from sim.camera.shutter_watch import ShutterWatch
from sim.camera_port import Shutter

NOW_S = 1_780_000_000.0


def feedback(*, index: int = 1, lat: float = 34.75, time_s: float = NOW_S) -> mavlink.MAVLink_message:
    return mavlink.MAVLink_camera_feedback_message(
        int(time_s * 1e6), 1, 0, index, round(lat * 1e7), 1332500000, 480.5, 80.25, 1.0, -2.0, 275.0, 0.0, 0, index
    )


def captured(*, index: int = 0, lat: float = 34.75, result: int = 1) -> mavlink.MAVLink_message:
    return mavlink.MAVLink_camera_image_captured_message(
        1000, int(NOW_S * 1e6), 0, round(lat * 1e7), 1332500000, 480500, 80250, [1.0, 0, 0, 0], index, result, b"x.jpg"
    )


def attitude() -> mavlink.MAVLink_message:
    return mavlink.MAVLink_attitude_message(1000, math.radians(4.0), math.radians(-6.0), math.radians(-90.0), 0, 0, 0)


def decoded(message: mavlink.MAVLink_message, system_id: int = 1) -> mavlink.MAVLink_message:
    """Return the message as it comes off the wire."""
    frame = message.pack(mavlink.MAVLink(None, srcSystem=system_id, srcComponent=1))
    (received,) = mavlink.MAVLink(None).parse_buffer(bytes(frame))
    return received


def heard(messages: Sequence[mavlink.MAVLink_message], *, step_s: float = 0.1, system_id: int = 1) -> list[Shutter]:
    watch = ShutterWatch(vehicle_id=VehicleId("drone-1"))
    found = []
    for number, message in enumerate(messages):
        shutter = watch.on_message(decoded(message, system_id), NOW_S + number * step_s)
        if shutter is not None:
            found.append(shutter)
    return found


@pytest.mark.parametrize("message", [captured(), feedback()])
def test_either_message_tells_where_when_and_how(message: mavlink.MAVLink_message) -> None:
    (shutter,) = heard([attitude(), message])
    assert shutter.position.lat_deg == pytest.approx(34.75)
    assert shutter.position.lon_deg == pytest.approx(133.25)
    assert shutter.position.alt_amsl_m == pytest.approx(480.5)
    assert shutter.alt_home_m == pytest.approx(80.25)
    assert shutter.at_s == pytest.approx(NOW_S)
    assert shutter.roll_deg == pytest.approx(4.0, abs=1e-4)
    assert shutter.pitch_deg == pytest.approx(-6.0, abs=1e-4)
    assert shutter.heading_deg == pytest.approx(270.0 if message.get_type() == "CAMERA_IMAGE_CAPTURED" else 275.0)
    assert shutter.file_name == "drone-1-00000.jpg"


@pytest.mark.parametrize("both", [[captured(), feedback()], [feedback(), captured()]])
def test_both_messages_about_one_picture_are_one_shutter(both: list[mavlink.MAVLink_message]) -> None:
    assert len(heard(both)) == 1


def test_two_pictures_from_the_same_spot_are_two() -> None:
    assert [one.image_index for one in heard([feedback(index=1), feedback(index=2)])] == [0, 1]
    pairs = [captured(), feedback(), captured(index=1), feedback(index=2)]
    assert len(heard(pairs)) == 2


def test_a_later_picture_by_the_other_message_counts() -> None:
    assert len(heard([captured(), feedback()], step_s=5.0)) == 2
    assert len(heard([captured(), feedback(lat=34.7501)])) == 2


def test_a_failed_capture_and_another_vehicle_are_passed_over() -> None:
    assert heard([captured(result=0)]) == []
    assert heard([captured()], system_id=7) == []


def test_a_vehicle_without_a_clock_gets_the_companions() -> None:
    (shutter,) = heard([feedback(time_s=12.0)])
    assert shutter.at_s == NOW_S


class TwoPictures:
    """A camera that knows when it has two."""

    def __init__(self) -> None:
        self.shutters: list[Shutter] = []
        self.enough = asyncio.Event()

    def shutter(self, shutter: Shutter) -> None:
        self.shutters.append(shutter)
        if len(self.shutters) == 2:
            self.enough.set()


class Vehicle:
    """A vehicle on a loopback TCP port that sends one shutter to each client and keeps what the client sent."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.clients = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.clients += 1
        sender = mavlink.MAVLink(None, srcSystem=1, srcComponent=1)
        writer.write(b"\x00noise" + attitude().pack(sender) + feedback(lat=34.75 + self.clients / 1000).pack(sender))
        await writer.drain()
        parser = mavlink.MAVLink(None)
        parser.robust_parsing = True
        heard_before = self.heard.count("COMMAND_LONG")
        while self.heard.count("COMMAND_LONG") == heard_before:
            for message in parser.parse_buffer(await reader.read(4096)) or ():
                self.heard.append(message.get_type())
        writer.close()  # the link breaks


async def test_it_asks_for_what_it_needs_and_comes_back_after_a_lost_link() -> None:
    vehicle, camera = Vehicle(), TwoPictures()
    listener = await asyncio.start_server(vehicle.serve, "127.0.0.1", 0)
    async with listener:
        port = VehiclePort(host="127.0.0.1", port=listener.sockets[0].getsockname()[1], vehicle_id=VehicleId("drone-1"))
        task = asyncio.create_task(watch_vehicle(port, camera, back_off=BackOff(first_s=0.01, most_s=0.01)))
        async with asyncio.timeout(10):
            await camera.enough.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert [one.image_index for one in camera.shutters[:2]] == [0, 1]
    assert "HEARTBEAT" in vehicle.heard
    assert "COMMAND_LONG" in vehicle.heard
