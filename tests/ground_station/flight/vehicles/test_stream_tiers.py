"""How much telemetry is asked for over time, on links of every rate, with the time passed in."""

import itertools
from dataclasses import dataclass, field

import pytest

from ground_station.flight.protocols.capacity import Capacity
from ground_station.flight.protocols.pace import Pace
from ground_station.flight.protocols.streams import Tier, need_bytes_s
from ground_station.flight.vehicles.stream_tiers import StreamTiers

_STEP_S = 5


@dataclass
class Line:
    """A link of one rate: what is asked beyond it waits, up to ten seconds."""

    rate_bytes_s: float
    base_s: float
    known: bool = False
    capacity: Capacity = field(default_factory=Capacity)
    queue_s: float = 0.0

    def __post_init__(self) -> None:
        if self.known:
            self.capacity = Capacity(self.rate_bytes_s)

    def live(self, tier: Tier, from_s: int, bulk_bytes_s: float = 0.0) -> None:
        for second in range(from_s, from_s + _STEP_S):
            sent = need_bytes_s(tier, 1.0) + bulk_bytes_s
            self.queue_s = min(10.0, max(0.0, self.queue_s + sent / self.rate_bytes_s - 1.0))
            self.capacity.came(round(min(sent, self.rate_bytes_s)))
            self.capacity.trip(self.base_s + self.queue_s, self.base_s, float(second))
            self.capacity.tick(float(second))

    def pace(self, now_s: float) -> Pace:
        trip_s = self.base_s + self.queue_s
        return Pace(round_trip_s=trip_s, base_s=self.base_s, rate_bytes_s=self.capacity.rate_bytes_s(now_s))


def _an_hour(line: Line, transfers: tuple[range, ...] = (), *, may_try: bool = True) -> list[Tier]:
    tiers = StreamTiers()
    found = []
    for now_s in range(0, 3_600, _STEP_S):
        transferring = any(now_s in transfer for transfer in transfers)
        pace = line.pace(float(now_s))
        full = line.capacity.is_full
        tier = tiers.decide(float(now_s), pace, link_is_full=full, transferring=transferring, may_try=may_try)
        line.live(tier, now_s, 60.0 if transferring else 0.0)
        found.append(tier)
    return found


def _changes(tiers: list[Tier]) -> int:
    return sum(one is not other for one, other in itertools.pairwise(tiers))


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize(
    ("rate_bytes_s", "base_s", "settles"),
    [
        (200.0, 2.0, Tier.SPARSE),
        (600.0, 2.0, Tier.REDUCED),
        (600.0, 0.2, Tier.REDUCED),
        (1_500.0, 2.0, Tier.FULL),
        (5_760.0, 0.1, Tier.FULL),
        (1e6, 0.01, Tier.FULL),
    ],
)
def test_a_link_gets_the_tier_it_carries_and_keeps_it(
    rate_bytes_s: float, base_s: float, settles: Tier, *, known: bool
) -> None:
    tiers = _an_hour(Line(rate_bytes_s, base_s, known=known))
    usual = max(Tier, key=tiers.count)
    assert usual is settles
    assert _changes(tiers) <= 10


def test_on_a_known_line_the_tier_is_right_from_the_first_and_never_changes() -> None:
    for rate_bytes_s in (480.0, 960.0, 5_760.0):
        assert _changes(_an_hour(Line(rate_bytes_s, 0.2, known=True))) == 0


def test_the_line_is_crowded_for_no_more_than_two_minutes_in_an_hour() -> None:
    line = Line(600.0, 2.0)
    crowded = [tier for tier in _an_hour(line) if need_bytes_s(tier, 1.0) > line.rate_bytes_s]
    assert len(crowded) * _STEP_S <= 120


def test_a_transfer_on_a_thin_link_leaves_it_sparse_and_gives_it_back_afterwards() -> None:
    tiers = _an_hour(Line(600.0, 2.0, known=True), (range(600, 900),))
    at = {seconds: tiers[seconds // _STEP_S] for seconds in (595, 605, 895, 930)}
    assert at == {595: Tier.REDUCED, 605: Tier.SPARSE, 895: Tier.SPARSE, 930: Tier.REDUCED}


def test_transfers_one_after_another_do_not_make_it_go_to_and_fro() -> None:
    transfers = tuple(range(start, start + 20) for start in range(600, 900, 25))
    assert _changes(_an_hour(Line(600.0, 2.0, known=True), transfers)) == 2


def test_a_transfer_on_a_wide_link_changes_nothing() -> None:
    assert _changes(_an_hour(Line(20_000.0, 0.05), (range(600, 900),))) == 0


def test_in_flight_nothing_is_tried_that_might_fill_the_link() -> None:
    assert set(_an_hour(Line(600.0, 2.0), may_try=False)) == {Tier.SPARSE}


def test_a_link_that_was_never_measured_gets_the_least() -> None:
    tiers = StreamTiers()
    assert tiers.decide(0.0, Pace(), link_is_full=False, transferring=False, may_try=True) is Tier.SPARSE
