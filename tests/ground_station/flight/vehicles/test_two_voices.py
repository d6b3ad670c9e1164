"""Two senders in one stream are told from loss, from another order on the way, from repeats and from a bad GPS."""

from collections.abc import Iterable

import numpy as np
import pytest

from ground_station.flight.vehicles.two_voices import PlaceTracks, SequenceTracks

RATE_HZ = 50.0


def _told(frames: Iterable[tuple[float, int, bytes]]) -> bool:
    """Return whether two were told in frames of (when, s; number; content)."""
    tracks, heard_s = SequenceTracks(), 0.0
    for at_s, number, raw in frames:
        if tracks.take(number % 256, raw, at_s, silent_s=at_s - heard_s):
            return True
        heard_s = at_s
    return False


def _counted(frames: int) -> list[tuple[float, int, bytes]]:
    return [(number / RATE_HZ, number, b"%d" % number) for number in range(frames)]


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("loss", [0.0, 0.1, 0.4, 0.8])
def test_loss_alone_is_one_sender(seed: int, loss: float) -> None:
    rng = np.random.default_rng(seed)
    assert not _told(frame for frame in _counted(20_000) if rng.random() >= loss)


@pytest.mark.parametrize("seed", range(10))
def test_bursts_of_loss_are_one_sender(seed: int) -> None:
    rng = np.random.default_rng(seed)
    heard, at = [], 0
    frames = _counted(20_000)
    while at < len(frames):
        length = int(rng.integers(1, 201))
        heard += frames[at : at + length]
        at += length + int(rng.integers(1, 401))
    assert not _told(heard)


@pytest.mark.parametrize("seed", range(10))
def test_another_order_and_repeats_on_the_way_are_one_sender(seed: int) -> None:
    rng = np.random.default_rng(seed)
    frames = [
        (at_s + rng.uniform(0.0, 20.0 / RATE_HZ), number, raw)
        for at_s, number, raw in _counted(5_000)
        for _ in range(int(rng.integers(1, 3)))
    ]
    assert not _told(sorted(frames))


@pytest.mark.parametrize("last", range(256))
def test_an_autopilot_that_restarts_and_counts_from_nought_again_is_one_sender(last: int) -> None:
    frames = _counted(257 + last)
    for restart in range(3):
        began_s = frames[-1][0] + 0.3
        frames += [(began_s + at_s, number, raw + b" after %d" % restart) for at_s, number, raw in _counted(257 + last)]
    assert not _told(frames)


@pytest.mark.parametrize("apart", [2, *range(3, 256, 9), 31, 32, 33, 128, 223, 224, 225])
def test_two_counts_are_told_however_far_apart_they_are(apart: int) -> None:
    frames = [
        frame
        for n in range(200)
        for frame in ((n / RATE_HZ, n, b"a%d" % n), ((n + 0.5) / RATE_HZ, n + apart, b"b%d" % n))
    ]
    assert _told(frames)


def test_a_second_one_that_speaks_once_a_second_is_told() -> None:
    frames = [*_counted(600), *((second + 0.01, second + 900, b"b%d" % second) for second in range(12))]
    assert _told(sorted(frames))


def _places(*places: tuple[float, float]) -> bool:
    tracks = PlaceTracks()
    return any(tracks.take(347_700_000 + round(north_m / 0.011132), 1_332_300_000, at_s) for at_s, north_m in places)


def test_two_places_to_and_fro_are_two_aircraft() -> None:
    assert _places(*((second, 0.0 if second % 2 else 500.0) for second in range(12)))


@pytest.mark.parametrize(
    "places",
    [
        [(at / 4, at * 15.0) for at in range(400)],
        [(at, 0.0 if at < 30 else 5000.0) for at in range(60)],
        [(at, 90.0 if at % 2 else 0.0) for at in range(60)],
        [(at, 400.0 if at in (20, 21, 40) else 0.0) for at in range(60)],
        [(at * 40.0, 0.0 if at % 2 else 2000.0) for at in range(60)],
    ],
    ids=["fast flight", "one jump", "small jumps", "two glitches", "there and back in flight"],
)
def test_one_aircraft_wherever_it_goes_is_one(places: list[tuple[float, float]]) -> None:
    assert not _places(*places)
