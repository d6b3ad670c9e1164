"""What missions do in the air."""

from typing import Any

import numpy as np
import pytest
from pymavlink.dialects.v20 import ardupilotmega as dialect

from fleet.positions import LocalFrame
from fleet.text import Text
from missions.terrain.grid import Terrain
from tests.sim.pad import HOME_ITEM, Pad, plain, waypoint

AUTO = 3
GRIPPER = {"GRIP_ENABLE": 1.0, "GRIP_TYPE": 1.0, "SERVO11_FUNCTION": 28.0}


def flown(*items: tuple[Any, ...], until: str = "Disarming motors", **changes: Any) -> Pad:
    pad = Pad(**changes)
    assert pad.upload([HOME_ITEM, *items]) == 0
    start(pad)
    pad.until(until)
    return pad


def start(pad: Pad) -> None:
    pad.command(176, 1, 4)
    assert pad.command(400, 1) == 0
    assert pad.command(176, 1, AUTO) == 0
    assert pad.command(300) == 0


def hill(height_m: float) -> Terrain:
    """Return ground that rises from 500 m at home to more in the north."""
    rows = np.linspace(0.0, 1.0, 101, dtype=np.float32)[:, None] * np.ones((1, 101), dtype=np.float32)
    heights = (500.0 + np.clip(rows - 0.5, 0.0, 1.0) * 2.0 * height_m).astype(np.float32)
    frame = LocalFrame(lon_deg=133.23, lat_deg=34.77)
    return Terrain(
        frame=frame, west_m=-500.0, south_m=-500.0, cell_m=10.0, heights_m=heights, synthetic=True,
        source=Text("試験", "test"),
    )  # fmt: skip


def test_a_load_is_set_down_and_the_flight_goes_on_lighter() -> None:
    pad = Pad(payload_kg=1.0, parameters=GRIPPER)
    place = (347703000, 1332300000)
    pad.upload([HOME_ITEM, waypoint(0, 0, 12.0, 22), waypoint(*place, 12.0, 94, p1=20.0), plain(20)])
    start(pad)
    pad.until("Gripper load released")
    assert pad.vehicle.armed
    assert pad.vehicle.kin.position[1] == pytest.approx(33.3, abs=1.0)
    assert pad.vehicle.params["SIM_PAYLOAD_KG"] == 0.0
    assert float(pad.simulation.world.motion.payload_kg[0]) == 0.0
    pad.until("Disarming motors")
    assert abs(pad.vehicle.kin.position[1]) < 1.0


def test_without_a_gripper_the_load_stays_on() -> None:
    place = waypoint(347702000, 1332300000, 10.0, 94, p1=20.0)
    pad = flown(waypoint(0, 0, 10.0, 22), place, plain(20), payload_kg=1.0)
    assert pad.vehicle.params["SIM_PAYLOAD_KG"] == 1.0


def test_a_gripper_switched_on_in_flight_moves_only_after_the_next_power_on() -> None:
    pad = Pad(payload_kg=1.0)
    for name, value in GRIPPER.items():
        pad.set_parameter(name, value)
    assert pad.command(211, 1, 0) == 0
    pad.live(1.0)
    assert not any(t.startswith("Gripper") for t in pad.texts())
    assert pad.vehicle.params["SIM_PAYLOAD_KG"] == 1.0
    assert pad.command(246, 1) == 0
    pad.live(1.0)
    assert pad.command(211, 1, 0) == 0
    pad.live(1.0)
    assert [t for t in pad.texts() if t.startswith("Gripper")] == ["Gripper load releasing", "Gripper load released"]
    assert pad.vehicle.params["SIM_PAYLOAD_KG"] == 0.0


def test_a_gripper_without_a_servo_never_says_that_it_let_go() -> None:
    pad = Pad(payload_kg=1.0, parameters=GRIPPER | {"SERVO11_FUNCTION": 0.0})
    pad.command(211, 1, 0)
    pad.live(2.0)
    assert pad.texts()[-1] == "Gripper load releasing"
    assert pad.vehicle.params["SIM_PAYLOAD_KG"] == 1.0


def test_a_second_place_with_the_gripper_still_open_is_passed_over() -> None:
    place = waypoint(347702000, 1332300000, 10.0, 94, p1=20.0)
    pad = flown(waypoint(0, 0, 10.0, 22), place, place, plain(20), payload_kg=1.0, parameters=GRIPPER)
    told = [t for t in pad.texts() if t.startswith(("PayloadPlace", "Gripper"))]
    assert told == [
        "PayloadPlace: payload release thrust threshold: 0.",
        "PayloadPlace: Releasing the gripper",
        "Gripper load releasing",
        "Gripper load released",
        "PayloadPlace: Abort: Gripper Open",
    ]


def test_a_place_deeper_than_the_load_may_go_down_is_left_without_releasing() -> None:
    place = waypoint(347702000, 1332300000, 20.0, 94, p1=5.0)
    pad = flown(waypoint(0, 0, 20.0, 22), place, plain(20))
    assert [t for t in pad.texts() if t.startswith("PayloadPlace")] == ["PayloadPlace: Reached maximum descent"]


def test_pictures_by_command_time_and_distance_reach_the_camera_and_the_link() -> None:
    pad = flown(
        waypoint(0, 0, 10.0, 22),
        plain(203, x=1),
        plain(2000, 0, 1.0, 3.0),
        waypoint(347703000, 1332300000, 15.0),
        plain(206, 10.0, 0, 1.0),
        waypoint(347709000, 1332300000, 15.0),
        plain(206, 0.0),
        plain(20),
    )
    captured = pad.of_kind("CAMERA_IMAGE_CAPTURED")
    assert [m.image_index for m in captured] == list(range(len(captured)))
    assert [m.img_idx for m in pad.of_kind("CAMERA_FEEDBACK")] == [i + 1 for i in range(len(captured))]
    assert [s.image_index for s in pad.camera.shutters] == list(range(len(captured)))
    assert 1 + 3 + 1 + 4 <= len(captured) <= 1 + 3 + 1 + 8
    shutter = pad.camera.shutters[-1]
    assert captured[-1].file_url == shutter.file_name
    assert captured[-1].lat == pytest.approx(shutter.position.lat_deg * 1e7, abs=1)


def test_a_vehicle_without_a_camera_takes_no_pictures() -> None:
    pad = flown(waypoint(0, 0, 10.0, 22), plain(203, x=1), plain(20), has_camera=False)
    assert pad.camera.shutters == []
    assert pad.command(2000, 0, 1, 1) == 4


def test_waits_speeds_and_headings_are_obeyed() -> None:
    pad = Pad()
    pad.upload(
        [
            HOME_ITEM,
            waypoint(0, 0, 10.0, 22),
            plain(178, 1.0, 3.0, -1.0),
            plain(115, 90.0, 0, 1.0, 0),
            waypoint(347706000, 1332300000, 10.0, p1=5.0),
            plain(93, 4.0, -1, -1, -1),
            plain(20),
        ]
    )
    start(pad)
    pad.until("Mission: 4 WP")
    pad.live(12.0)
    assert pad.vehicle.kin.velocity[1] == pytest.approx(3.0, abs=0.1)
    assert np.degrees(pad.vehicle.kin.yaw_rad) == pytest.approx(90.0, abs=2.0)
    pad.until("Reached command #4")
    assert pad.until("Mission: 6 RTL") == pytest.approx(4.0, abs=0.6)


def test_a_command_after_a_distance_waits_until_the_place_is_that_near() -> None:
    pad = flown(
        waypoint(0, 0, 10.0, 22), plain(114, 20.0), plain(203, x=1), waypoint(347706000, 1332300000, 10.0), plain(20)
    )
    (shutter,) = pad.camera.shutters
    assert (34.7706 - shutter.position.lat_deg) * 110_929.0 == pytest.approx(20.0, abs=1.0)


def test_a_jump_repeats_as_often_as_it_says() -> None:
    pad = flown(
        waypoint(0, 0, 10.0, 22),
        waypoint(347701000, 1332300000, 10.0),
        waypoint(347702000, 1332300000, 10.0),
        plain(177, 2.0, 2.0),
        plain(20),
    )
    assert pad.texts().count("Reached command #2") == 3


def test_a_mission_is_left_and_taken_up_again_where_it_was() -> None:
    pad = Pad()
    pad.upload(
        [
            HOME_ITEM,
            waypoint(0, 0, 10.0, 22),
            waypoint(347703000, 1332300000, 10.0),
            waypoint(347706000, 1332300000, 10.0),
        ]
    )
    start(pad)
    pad.until("Mission: 3 WP")
    assert pad.command(176, 1, 17) == 0
    pad.live(5.0)
    assert pad.vehicle.mission.state == 4
    assert pad.command(176, 1, AUTO) == 0
    pad.live(0.2)
    assert pad.texts()[-1] == "Mission: 3 WP"


def test_heights_above_terrain_follow_the_ground() -> None:
    pad = Pad(terrain=hill(60.0))
    pad.upload(
        [
            HOME_ITEM,
            waypoint(0, 0, 20.0, 22),
            (10, 16, 0.0, 0.0, 0.0, 0.0, 347735000, 1332300000, 30.0),
            (10, 17, 0.0, 0.0, 0.0, 0.0, 347735000, 1332300000, 30.0),
        ]
    )
    start(pad)
    pad.until("Mission: 3 LoitUnlim")
    pad.live(15.0)
    kin = pad.vehicle.kin
    assert kin.ground_m == pytest.approx(46.6, abs=2.0)
    assert kin.position[2] - kin.ground_m == pytest.approx(30.0, abs=1.0)


def test_a_landing_on_higher_ground_ends_on_that_ground() -> None:
    pad = flown(
        waypoint(0, 0, 80.0, 22), waypoint(347735000, 1332300000, 0.0, 21), until="Disarming motors", terrain=hill(60.0)
    )
    assert pad.vehicle.kin.position[2] == pytest.approx(pad.vehicle.kin.ground_m, abs=0.1)
    assert pad.vehicle.kin.position[2] > 40.0


@pytest.mark.parametrize(("rise_m", "impact_mps"), [(60.0, 1.2), (400.0, 5.7)])
def test_a_flight_into_a_slope_is_a_crash_that_stops_the_motors(rise_m: float, impact_mps: float) -> None:
    pad = flown(
        waypoint(0, 0, 15.0, 22), waypoint(347740000, 1332300000, 15.0), plain(20), until="Crash: Disarming: ",
        terrain=hill(rise_m),
    )  # fmt: skip
    assert pad.vehicle.kin.impact_mps == pytest.approx(impact_mps, abs=0.3)
    assert not pad.vehicle.armed
    north = pad.vehicle.kin.position[1]
    pad.live(10.0)
    assert pad.vehicle.kin.position[1] == pytest.approx(north, abs=0.1)


def test_touching_a_slope_gently_on_the_way_is_no_landing() -> None:
    pad = Pad(terrain=hill(60.0))
    slow = plain(178, 1.0, 2.0, -1.0)
    pad.upload([HOME_ITEM, waypoint(0, 0, 8.0, 22), slow, waypoint(347720000, 1332300000, 8.0), plain(20)])
    start(pad)
    pad.until("SIM Hit ground")
    pad.live(5.0)
    assert pad.vehicle.armed
    assert not pad.vehicle.landed


def test_the_mission_can_be_set_to_another_item_in_flight() -> None:
    pad = Pad()
    pad.upload(
        [
            HOME_ITEM,
            waypoint(0, 0, 10.0, 22),
            waypoint(347703000, 1332300000, 10.0),
            waypoint(347700000, 1332303000, 10.0),
        ]
    )
    start(pad)
    pad.until("Mission: 2 WP")
    assert pad.command(224, 3) == 0
    pad.live(0.2)
    assert pad.of_kind("STATUSTEXT")[-1].text == "Mission: 3 WP"
    assert pad.command(224, 40) == 4


def test_the_same_seed_flies_the_same_flight_byte_for_byte() -> None:
    def bytes_of(seed: int) -> bytes:
        pad = Pad(seed=seed, parameters={"SIM_WIND_SPD": 4.0, "SIM_WIND_TURB": 1.0})
        pad.tell(dialect.MAVLink_request_data_stream_message(1, 1, 0, 4, 1))
        pad.take_off(10.0)
        return b"".join(bytes(m.get_msgbuf()) for m in pad.heard)

    assert bytes_of(3) == bytes_of(3)
    assert bytes_of(3) != bytes_of(4)
