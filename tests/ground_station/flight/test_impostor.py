"""A second sender of an aircraft's number, on every medium: told at once, never obeyed, never taken for it."""

from collections.abc import Callable
from typing import Any

import pytest
from pymavlink.dialects.v20 import ardupilotmega as dialect

from fleet.errors import ConflictError
from fleet.realm import Realm
from ground_station.flight.links.frames import FrameCodec
from ground_station.flight.links.transport import Peer
from ground_station.flight.protocols import requests
from ground_station.flight.vehicles.contact import SenderChange, TakenBy
from ground_station.flight.vehicles.foreign_hand import ForeignAct
from ground_station.flight.vehicles.modes import CopterMode
from ground_station.flight.vehicles.newcomers import MOST_NEWCOMERS
from tests.ground_station.flight.voices import Air, Replay, Voice, air, version

UDP = "udpin:0.0.0.0:14550"
TCP = "tcp:127.0.0.1:5760"
SERIAL = "serial:/dev/ttyUSB0:57600"
A: Peer = ("192.0.2.1", 1000)
B: Peer = ("192.0.2.2", 2000)
HERE, ELSEWHERE = 347_700_000, 348_900_000
QUESTIONS = {dialect.MAVLINK_MSG_ID_TIMESYNC, dialect.MAVLINK_MSG_ID_COMMAND_LONG}


def _only(*kinds: int) -> Callable[[Voice], Voice]:
    return lambda _: Voice(B, chip=9, mode=6, lat_e7=ELSEWHERE, booted_s=-40.0, kinds=frozenset(kinds))


def _replay(real: Voice) -> Voice:
    recorded = Voice(real.peer, chip=real.chip, booted_s=real.booted_s, mode=6, lat_e7=ELSEWHERE)
    for at_s in (-3.0, -2.0, -1.0):
        recorded.speaks(at_s)
    recorded.pack(version(real.chip))
    recorded.pack(dialect.MAVLink_timesync_message(99_000_000_000, 12345))
    return Replay(B, said=list(recorded.said))


STRANGERS: dict[str, Callable[[Voice], Voice]] = {
    "another aircraft": lambda _: Voice(B, chip=9, mode=6, lat_e7=ELSEWHERE, booted_s=-40.0),
    "another one switched on in the same second": lambda _: Voice(B, chip=9, mode=6, lat_e7=ELSEWHERE),
    "the same chip after a restart": lambda _: Voice(B, mode=6, lat_e7=ELSEWHERE, booted_s=-10.0),
    "one with a clock five seconds ahead": lambda _: Voice(B, mode=6, lat_e7=ELSEWHERE, booted_s=-105.0),
    "one that answers nothing": lambda _: Voice(B, mode=6, lat_e7=ELSEWHERE, answers=False),
    "a replay of its own frames": _replay,
    "one on MAVLink 1": lambda _: Voice(B, chip=9, mode=6, lat_e7=ELSEWHERE, first_wire=True),
    "only heartbeats": _only(dialect.MAVLINK_MSG_ID_HEARTBEAT),
    "only positions": _only(dialect.MAVLINK_MSG_ID_GLOBAL_POSITION_INT),
    "only texts": _only(dialect.MAVLINK_MSG_ID_STATUSTEXT),
    "only answers to commands": _only(dialect.MAVLINK_MSG_ID_COMMAND_ACK),
    "only its clock": _only(dialect.MAVLINK_MSG_ID_SYSTEM_TIME),
}


def _known(real: Voice, scene: Air, medium: str = UDP) -> None:
    """Let the station hear the aircraft until it knows its clock and chip."""
    scene.pass_by(3.0, real, medium=medium)
    scene.say(medium, real.pack(version(real.chip)), real.peer)


def _shows_only(scene: Air, real: Voice) -> bool:
    state = scene.state()
    texts = {text.text for text in state.texts}
    assert state.position is not None
    here = abs(state.position.lat_deg - real.lat_e7 / 1e7) < 1e-6
    return state.mode_number == real.mode and here and texts <= {f"chip {real.chip}"}


@pytest.mark.parametrize("stranger", STRANGERS.values(), ids=STRANGERS)
async def test_a_stranger_is_told_of_at_once_and_is_never_obeyed_nor_spoken_to(
    stranger: Callable[[Voice], Voice],
) -> None:
    async with air(("hato-1", UDP, 1)) as scene:
        real = Voice(A)
        _known(real, scene)
        assert not scene.state().duplicate_suspected
        other = stranger(real)
        scene.say(UDP, other.speaks(scene.clock.monotonic_s())[0], B)
        assert scene.state().duplicate_suspected
        assert scene.state().other_sender == "192.0.2.2:2000"
        scene.pass_by(20.0, real, other)
        scene.contact().send(requests.set_mode(scene.contact().target, CopterMode.LAND)(0))
        assert _shows_only(scene, real)
        assert scene.sent_to(A)[-1].get_type() == "COMMAND_LONG"
        assert scene.sent_to(B) == []


@pytest.mark.parametrize("stranger", STRANGERS.values(), ids=STRANGERS)
async def test_a_stranger_is_not_taken_for_an_aircraft_that_fell_silent(stranger: Callable[[Voice], Voice]) -> None:
    async with air(("hato-1", UDP, 1)) as scene:
        real = Voice(A)
        _known(real, scene)
        scene.pass_by(6.0)
        other = stranger(real)
        scene.say(UDP, other.speaks(scene.clock.monotonic_s())[0], B)
        assert scene.state().duplicate_suspected
        scene.pass_by(120.0, other)
        assert scene.state().link.value == "lost"
        assert _shows_only(scene, real)
        scene.contact().send(requests.set_mode(scene.contact().target, CopterMode.LAND)(0))
        assert scene.sent_to(A)[-1].get_type() == "COMMAND_LONG"
        assert {message.get_msgId() for message in scene.sent_to(B)} <= QUESTIONS
        assert all(
            message.command == dialect.MAV_CMD_REQUEST_MESSAGE
            for message in scene.sent_to(B)
            if message.get_type() == "COMMAND_LONG"
        )
        scene.step(real)
        assert scene.state().link.value == "fresh"
        assert not any(isinstance(event, SenderChange) for event in scene.events())


async def test_the_alarm_ends_a_minute_after_the_other_fell_silent_and_not_before() -> None:
    async with air(("hato-1", UDP, 1)) as scene:
        real, other = Voice(A), Voice(B, chip=9)
        _known(real, scene)
        scene.step(real, other)
        scene.pass_by(59.0, real)
        assert scene.state().duplicate_suspected
        scene.feed.take()
        scene.pass_by(2.0, real)
        assert not scene.state().duplicate_suspected
        assert [state.vehicle_id for state in scene.feed.take().states] == ["hato-1"]


async def test_the_end_of_an_alarm_is_told_though_nobody_is_heard() -> None:
    async with air(("hato-1", UDP, 1)) as scene:
        real = Voice(A)
        _known(real, scene)
        scene.step(real, Voice(B, chip=9))
        scene.pass_by(30.0)
        scene.feed.take()
        scene.pass_by(31.0)
        assert [state.duplicate_suspected for state in scene.feed.take().states] == [False]


async def test_a_companion_with_its_own_address_is_no_second_aircraft_and_tells_nothing() -> None:
    async with air(("hato-1", UDP, 1)) as scene:
        real, camera = Voice(A), Voice(B, component=100)
        _known(real, scene)
        scene.pass_by(5.0, real, camera)
        assert not scene.state().duplicate_suspected
        assert scene.state().telemetry.capture is None
        scene.step(real, Voice(A, component=100))
        assert scene.state().telemetry.capture is not None


async def test_the_same_aircraft_at_another_address_is_taken_once_proved_and_the_first_silent_for_ten_seconds() -> None:
    async with air(("hato-1", UDP, 1)) as scene:
        real = Voice(A)
        _known(real, scene)
        scene.contact().tracker.plan_on_board = "plan-1"
        moved = Voice(B, sequence=77)
        scene.pass_by(9.5, moved)
        assert scene.state().link.value == "stale"
        assert scene.state().duplicate_suspected
        scene.events()
        scene.pass_by(2.0, moved)
        assert scene.state().link.value == "fresh"
        assert SenderChange(sender="192.0.2.2:2000", by=TakenBy.PROOF) in scene.events()
        assert scene.state().sender_changes == 1
        assert scene.state().plan_on_board == "plan-1"
        scene.contact().send(requests.set_mode(scene.contact().target, CopterMode.LAND)(0))
        assert scene.sent_to(B)[-1].get_type() == "COMMAND_LONG"
        scene.pass_by(61.0, moved)
        assert not scene.state().duplicate_suspected


async def test_an_aircraft_found_again_after_an_hour_of_silence_is_still_proved_by_its_clock() -> None:
    async with air(("hato-1", UDP, 1)) as scene:
        _known(Voice(A), scene)
        scene.clock.advance(3600.0)
        scene.pass_by(6.0, Voice(B, booted_s=-100.3))
        assert scene.state().sender_changes == 1


async def test_without_a_chip_of_its_own_nobody_is_proved_to_be_the_aircraft() -> None:
    async with air(("hato-1", UDP, 1)) as scene:
        real = Voice(A, chip=0)
        _known(real, scene)
        scene.pass_by(60.0, Voice(B, chip=0))
        assert scene.state().sender_changes == 0
        assert scene.state().duplicate_suspected


async def test_of_two_that_prove_to_be_the_aircraft_neither_is_taken() -> None:
    async with air(("hato-1", UDP, 1)) as scene:
        _known(Voice(A), scene)
        scene.pass_by(60.0, Voice(B), Voice(("192.0.2.3", 3000)))
        assert scene.state().sender_changes == 0


async def test_a_recording_beside_the_aircraft_at_its_new_address_does_not_keep_it_out() -> None:
    async with air(("hato-1", UDP, 1)) as scene:
        real = Voice(A)
        _known(real, scene)
        noise = _replay(real)
        noise.peer = ("192.0.2.3", 3000)
        scene.pass_by(20.0, Voice(B), noise)
        assert scene.state().sender_changes == 1
        assert _shows_only(scene, real)


async def test_a_flood_of_addresses_fills_nothing_lets_nobody_in_and_does_not_keep_the_aircraft_out() -> None:
    async with air(("hato-1", UDP, 1)) as scene:
        real = Voice(A)
        _known(real, scene)
        beat = Voice(B, chip=9, mode=6).speaks(0.0)[0]
        for flood in range(3000):
            peer = (f"198.51.100.{flood % 250}", 1024 + flood)
            scene.say(UDP, Voice(peer, number=1 + flood % 255).speaks(0.0)[0], peer)
            scene.say(UDP, beat, peer)
        assert _shows_only(scene, real)
        before = len(scene.media[UDP].sent)
        scene.pass_by(8.0)
        asked = scene.media[UDP].sent[before:]
        assert len({peer for _, peer in asked}) <= MOST_NEWCOMERS + 1
        assert len(scene.station.strangers) <= 255
        scene.pass_by(12.0, Voice(B))
        assert scene.state().sender_changes == 1


@pytest.mark.parametrize("medium", [TCP, SERIAL])
@pytest.mark.parametrize(
    "other",
    [
        Voice(None, chip=9, booted_s=-40.0, sequence=128),
        Voice(None, chip=9, booted_s=-40.0),
        Voice(None, chip=9, booted_s=-400.0, sequence=3),
        Voice(None, chip=9, sequence=128),
        Voice(None, chip=9, lat_e7=ELSEWHERE, sequence=3),
        Voice(None, chip=9, sequence=128, kinds=frozenset({dialect.MAVLINK_MSG_ID_HEARTBEAT})),
        Voice(None, chip=9, sequence=128, first_wire=True),
    ],
    ids=["all differ", "clock behind", "clock ahead", "count", "place", "only heartbeats", "MAVLink 1"],
)
async def test_two_that_speak_over_one_path_are_told_from_one_and_the_alarm_ends(medium: str, other: Voice) -> None:
    async with air(("hato-1", medium, 1)) as scene:
        real = Voice(None)
        scene.pass_by(10.0, real, medium=medium)
        assert not scene.state().duplicate_suspected
        double = Voice(
            None,
            chip=other.chip,
            booted_s=other.booted_s,
            lat_e7=other.lat_e7,
            sequence=other.sequence,
            kinds=other.kinds,
            first_wire=other.first_wire,
        )
        scene.pass_by(10.0, real, double, medium=medium)
        assert scene.state().duplicate_suspected
        scene.pass_by(65.0, real, medium=medium)
        assert not scene.state().duplicate_suspected


async def test_one_number_on_two_links_is_told_and_the_other_link_changes_nothing() -> None:
    async with air(("hato-1", UDP, 1), ("hato-2", TCP, 2)) as scene:
        real = Voice(A)
        _known(real, scene)
        scene.step(Voice(None, chip=9, mode=6, lat_e7=ELSEWHERE), medium=TCP)
        assert scene.state().duplicate_suspected
        assert scene.state().other_sender == TCP
        assert not scene.state("hato-2").duplicate_suspected
        assert _shows_only(scene, real)


async def test_another_aircraft_of_this_station_that_has_the_number_is_told_on_the_same_link() -> None:
    async with air(("hato-1", UDP, 1), ("hato-2", UDP, 2)) as scene:
        real = Voice(A)
        _known(real, scene)
        scene.pass_by(3.0, real, Voice(B, number=2, mode=6))
        assert not scene.state().duplicate_suspected
        scene.step(real, Voice(B, number=1, mode=6))
        assert scene.state().duplicate_suspected
        assert scene.state().mode_number == real.mode


@pytest.mark.parametrize(("realm", "told"), [(Realm.LIVE, True), (Realm.DRILL, False)])
async def test_two_aircraft_of_this_station_with_one_number_on_two_links_are_told_where_they_are_real(
    realm: Realm, told: bool
) -> None:
    async with air(("hato-1", UDP, None), ("hato-2", TCP, None), realm=realm) as scene:
        one, two = Voice(A), Voice(None, chip=9)
        scene.step(one)
        scene.step(two, medium=TCP)
        scene.station.look_for_doubles(scene.clock.monotonic_s())
        assert scene.state("hato-1").duplicate_suspected is told
        assert scene.state("hato-2").duplicate_suspected is told


async def test_a_person_may_take_the_other_sender_and_nothing_known_of_the_first_counts_any_more() -> None:
    async with air(("hato-1", UDP, 1)) as scene:
        real, other = Voice(A, armed=False), Voice(B, chip=9, armed=False, mode=6, lat_e7=ELSEWHERE)
        _known(real, scene)
        scene.contact().tracker.plan_on_board = "plan-1"
        scene.contact().tracker.parameters["RTL_ALT"] = 1.0
        scene.step(real, other)
        change = scene.station.accept_sender(scene.contact().tracker.vehicle_id)
        assert change == SenderChange(sender="192.0.2.2:2000", by=TakenBy.OPERATOR)
        assert change in scene.events()
        state = scene.state()
        assert (state.plan_on_board, state.telemetry.identity, state.position) == (None, None, None)
        assert scene.contact().tracker.parameters == {}
        scene.pass_by(2.0, other)
        assert scene.state().mode_number == 6
        scene.contact().send(requests.arm(scene.contact().target)(0))
        assert scene.sent_to(B)[-1].get_type() == "COMMAND_LONG"


@pytest.mark.parametrize(
    "case",
    [
        {"real": {"armed": True}, "others": [B], "silent_s": 0.0},
        {"real": {"armed": True}, "others": [B], "silent_s": 1800.0},
        {"real": {"armed": False}, "others": [], "silent_s": 0.0},
        {"real": {"armed": False}, "others": [B, ("192.0.2.3", 3000)], "silent_s": 0.0},
    ],
    ids=["flying", "lost in flight", "nobody else", "two others"],
)
async def test_a_person_may_not_take_another_sender_blindly(case: dict[str, Any]) -> None:
    async with air(("hato-1", UDP, 1)) as scene:
        real = Voice(A, **case["real"])
        _known(real, scene)
        scene.clock.advance(case["silent_s"])
        scene.step(*(Voice(peer, chip=9, armed=False) for peer in case["others"]))
        with pytest.raises(ConflictError):
            scene.station.accept_sender(scene.contact().tracker.vehicle_id)
        scene.contact().send(requests.arm(scene.contact().target)(0))
        assert scene.sent_to(A)[-1].get_type() == "COMMAND_LONG"


async def test_an_aircraft_whose_clock_leapt_ahead_must_say_again_who_it_is() -> None:
    async with air(("hato-1", TCP, 1)) as scene:
        real = Voice(None)
        _known(real, scene, TCP)
        scene.contact().tracker.plan_on_board = "plan-1"
        real.booted_s -= 3600.0
        scene.pass_by(15.0, real, medium=TCP)
        assert not scene.state().duplicate_suspected
        assert scene.state().plan_on_board == "plan-1"


@pytest.mark.parametrize("swapped", [{"chip": 9}, {"answers": False}], ids=["another chip", "no answer"])
async def test_one_that_took_the_place_of_a_silent_aircraft_on_its_only_path_inherits_nothing(
    swapped: dict[str, Any],
) -> None:
    async with air(("hato-1", TCP, 1)) as scene:
        _known(Voice(None), scene, TCP)
        scene.contact().tracker.plan_on_board = "plan-1"
        scene.pass_by(20.0, medium=TCP)
        scene.pass_by(15.0, Voice(None, booted_s=-400.0, **swapped), medium=TCP)
        assert scene.state().plan_on_board is None
        assert scene.state().duplicate_suspected


async def test_what_somebody_else_does_is_an_event_and_what_this_station_sends_is_none() -> None:
    async with air(("hato-1", UDP, 1)) as scene:
        real = Voice(A)
        scene.pass_by(3.0, real)
        scene.contact().send(requests.set_mode(scene.contact().target, CopterMode.BRAKE)(0))
        real.mode = CopterMode.BRAKE
        scene.pass_by(5.0, real)
        assert not [event for event in scene.events() if isinstance(event, ForeignAct)]
        real.mode = CopterMode.LOITER
        scene.pass_by(3.0, real)
        (act,) = [event for event in scene.events() if isinstance(event, ForeignAct)]
        assert act.mode_number == CopterMode.LOITER
        assert scene.state().foreign == act


async def test_another_ground_station_is_told_once_and_is_over_a_minute_after_it_was_last_heard() -> None:
    async with air(("hato-1", UDP, 1)) as scene:
        real = Voice(A)
        shown: set[int | None] = set()
        for _ in range(60):
            for number in (254, 253):
                beat = FrameCodec(number, 190).pack(requests.heartbeat())
                scene.say(UDP, beat, ("192.0.2.9", number))
                shown.add(scene.state().other_station)
            scene.step(real)
        assert shown == {254}
        scene.pass_by(59.0, real)
        assert scene.state().other_station == 254
        scene.feed.take()
        scene.pass_by(2.0, real)
        assert scene.state().other_station is None
        assert scene.feed.take().states
