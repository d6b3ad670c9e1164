"""Each fault of a bad radio alone, with the time passed in."""

import itertools
import math

import pytest

from sim.fault_channel import FaultChannel, Faults

FRAME = bytes(range(40))


def _all(channel: FaultChannel) -> list[tuple[float, bytes]]:
    found = []
    while (at_s := channel.next_s) < math.inf:
        found += [(at_s, frame) for frame in channel.take(at_s)]
    return found


def _through(faults: Faults, *, frames: int = 2_000, every_s: float = 0.01, seed: int = 1) -> list[tuple[float, bytes]]:
    channel = FaultChannel(faults, seed)
    for number in range(frames):
        channel.put(number.to_bytes(4, "big") + FRAME, number * every_s)
    return _all(channel)


def _numbers(found: list[tuple[float, bytes]]) -> list[int]:
    return [int.from_bytes(frame[:4], "big") for _, frame in found]


def test_without_faults_everything_comes_out_at_once_and_in_order() -> None:
    found = _through(Faults())
    assert _numbers(found) == list(range(2_000))
    assert all(at_s == pytest.approx(number * 0.01) for number, (at_s, _) in enumerate(found))


@pytest.mark.parametrize("loss", [0.1, 0.4])
def test_loss_takes_its_share(loss: float) -> None:
    assert len(_through(Faults(loss=loss))) == pytest.approx(2_000 * (1.0 - loss), rel=0.05)


def test_copies_delay_and_jitter_do_what_they_say() -> None:
    assert len(_through(Faults(duplicate=0.1))) == pytest.approx(2_200, rel=0.05)
    late = [at_s - number * 0.01 for number, (at_s, _) in enumerate(_through(Faults(delay_s=1.0, jitter_s=0.005)))]
    assert min(late) >= 1.0
    assert max(late) <= 1.02


def test_only_reordering_lets_frames_overtake() -> None:
    assert _numbers(_through(Faults(delay_s=0.5, jitter_s=0.3))) == list(range(2_000))
    swapped = _numbers(_through(Faults(reorder=0.2)))
    assert swapped != sorted(swapped)
    assert sorted(swapped) == list(range(2_000))


def test_a_bent_frame_has_one_bit_wrong() -> None:
    wrong = [
        sum((one ^ other).bit_count() for one, other in zip(frame[4:], FRAME, strict=True))
        for _, frame in _through(Faults(corrupt=0.3))
    ]
    assert max(wrong) == 1
    assert sum(wrong) > 300


def test_bursts_take_everything_for_a_while() -> None:
    numbers = _numbers(_through(Faults(burst_s=1.0, burst_every_s=4.0), frames=20_000))
    gaps = [later - earlier - 1 for earlier, later in itertools.pairwise(numbers) if later - earlier > 1]
    assert 20_000 - len(numbers) == sum(gaps) + numbers[0] + 19_999 - numbers[-1]
    assert 0.1 <= 1.0 - len(numbers) / 20_000 <= 0.35
    assert sum(gaps) / len(gaps) > 40


def test_a_limited_rate_queues_and_a_full_queue_drops() -> None:
    found = _through(Faults(rate_bytes_s=440.0, queue_bytes=880), frames=1_000)
    assert 0 < len(found) < 1_000
    for (earlier_s, _), (later_s, _) in itertools.pairwise(found):
        assert later_s - earlier_s >= 0.1 - 1e-9
    waits = [at_s - number * 0.01 for number, (at_s, _) in zip(_numbers(found), found, strict=True)]
    assert max(waits) <= 880 / 440.0 + 0.1 + 1e-9


def test_a_frozen_link_keeps_what_is_under_way() -> None:
    channel = FaultChannel(Faults(delay_s=1.0), 1)
    channel.put(FRAME, 0.0)
    channel.frozen = True
    assert channel.next_s == math.inf
    assert channel.take(60.0) == []
    channel.frozen = False
    assert channel.take(60.0) == [FRAME]


def test_the_same_seed_gives_the_same_radio() -> None:
    faults = Faults(loss=0.2, duplicate=0.1, reorder=0.1, corrupt=0.1, burst_s=0.5, burst_every_s=2.0, jitter_s=0.1)
    assert _through(faults, seed=7) == _through(faults, seed=7)
    assert _through(faults, seed=7) != _through(faults, seed=8)
