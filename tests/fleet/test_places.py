"""Places at a door: strangers make room, whoever is signed in stays, and nobody who comes is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.errors import InvalidValueError
from fleet.places import PLACE_EXTENSION, Place, PlaceLimits, Places, neighbourhood, prove_place

LIMITS = PlaceLimits(total=16, strangers=12, per_address=6, busy_strangers=3, per_person=8)


class Crowd:
    """Who stands at the door, by name; `out` are those who were turned out, in order."""

    def __init__(self, limits: PlaceLimits = LIMITS) -> None:
        self.places = Places(limits)
        self.out: list[str] = []

    def enter(self, name: str, address: str) -> Place:
        return self.places.enter(address, lambda: self.out.append(name))

    def fill(self, count: int, address: str | None = None) -> list[Place]:
        return [self.enter(f"stranger {k}", address or f"10.0.{k}.1") for k in range(count)]


def test_at_the_limit_the_stranger_who_has_waited_longest_makes_room() -> None:
    crowd = Crowd()
    crowd.fill(12)
    crowd.enter("new", "10.9.9.9")
    assert crowd.out == ["stranger 0"]
    assert crowd.places.strangers == 12


def test_one_address_makes_room_for_itself_alone() -> None:
    crowd = Crowd()
    crowd.enter("other", "10.1.1.1")
    crowd.fill(100, "10.0.0.1")
    assert "other" not in crowd.out
    assert crowd.out == [f"stranger {k}" for k in range(94)]
    assert len(crowd.places) == 7


def test_who_came_last_is_never_the_one_to_go() -> None:
    crowd = Crowd()
    for place in crowd.fill(12):
        crowd.places.set_busy(place, busy=True)
    new = crowd.enter("new", "10.9.9.9")
    assert "new" not in crowd.out
    crowd.places.set_busy(new, busy=True)
    assert "new" not in crowd.out


def test_a_stranger_without_a_request_goes_before_one_with() -> None:
    crowd = Crowd()
    first, *_ = crowd.fill(12)
    crowd.places.set_busy(first, busy=True)
    crowd.enter("new", "10.9.9.9")
    assert crowd.out == ["stranger 1"]


def test_only_so_many_requests_of_strangers_are_under_way() -> None:
    crowd = Crowd()
    for place in crowd.fill(4):
        crowd.places.set_busy(place, busy=True)
    assert crowd.out == ["stranger 0"]


def test_strangers_never_take_the_place_of_who_proved_a_sign_in() -> None:
    crowd = Crowd()
    for number in range(4):
        crowd.places.prove(crowd.enter(f"operator {number}", "10.0.0.1"), f"session {number}")
    crowd.fill(1000)
    crowd.fill(1000, "10.0.0.1")
    assert not [name for name in crowd.out if name.startswith("operator")]
    assert len(crowd.places) == 16


def test_who_proves_a_sign_in_takes_a_place_from_strangers() -> None:
    crowd = Crowd()
    crowd.fill(12)
    for number in range(10):
        crowd.places.prove(crowd.enter(f"operator {number}", f"10.7.{number}.1"), f"session {number}")
    assert not [name for name in crowd.out if name.startswith("operator")]
    assert len(crowd.places) == 16


def test_one_sign_in_makes_room_for_itself_alone() -> None:
    crowd = Crowd()
    crowd.places.prove(crowd.enter("other", "10.0.0.1"), "session 2")
    for number in range(50):
        crowd.places.prove(crowd.enter(f"tab {number}", "10.0.0.1"), "session 1")
    assert crowd.out == [f"tab {number}" for number in range(42)]


def test_where_everybody_is_signed_in_the_one_longest_idle_makes_room() -> None:
    crowd = Crowd()
    for number in range(16):
        place = crowd.enter(f"operator {number}", f"10.7.{number}.1")
        crowd.places.prove(place, f"session {number}")
        crowd.places.set_busy(place, busy=number < 8)
    crowd.enter("new", "10.9.9.9")
    assert crowd.out == ["operator 8"]


def test_who_is_gone_is_forgotten_whatever_comes_late() -> None:
    crowd = Crowd()
    place = crowd.enter("operator", "10.0.0.1")
    crowd.places.leave(place)
    crowd.places.prove(place, "session")
    crowd.places.set_busy(place, busy=True)
    crowd.places.leave(place)
    assert len(crowd.places) == 0
    assert crowd.out == []


@pytest.mark.parametrize("proved", [False, True])
@pytest.mark.parametrize("busy", [False, True])
def test_everybody_is_overdue_at_their_deadline(proved: bool, busy: bool) -> None:
    places = Places(LIMITS)
    place = places.enter("10.0.0.1", lambda: None, deadline_s=5.0)
    if proved:
        places.prove(place, "session")
    places.set_busy(place, busy=busy)
    assert places.overdue(4.9) == []
    assert places.overdue(5.0) == [place]


STEPS = st.lists(
    st.tuples(st.sampled_from(["enter", "busy", "rest", "prove", "leave"]), st.integers(0, 9)), max_size=200
)


@given(STEPS)
def test_no_limit_is_ever_passed_and_only_those_inside_are_counted(steps: list[tuple[str, int]]) -> None:
    inside: list[Place] = []
    places = Places(LIMITS)

    def enter(address: str) -> None:
        made: list[Place] = []
        made.append(places.enter(address, lambda: inside.remove(made[0])))
        inside.extend(made)

    for step, number in steps:
        place = inside[number % len(inside)] if inside else None
        if step == "enter":
            enter(f"10.0.0.{number % 4}")
        elif place is not None and step in ("busy", "rest"):
            places.set_busy(place, busy=step == "busy")
        elif place is not None and step == "prove":
            places.prove(place, f"session {number % 3}")
        elif place is not None:
            places.leave(place)
            inside.remove(place)
        strangers = [place for place in inside if place.who is None]
        assert len(places) == len(inside) <= LIMITS.total
        assert places.strangers == len(strangers) <= LIMITS.strangers
        assert sum(place.busy for place in strangers) <= LIMITS.busy_strangers


@pytest.mark.parametrize("total", [1, 16, 100, 384, 4096])
def test_limits_of_any_total_keep_a_share_for_who_is_signed_in(total: int) -> None:
    limits = PlaceLimits.of(total)
    assert limits.strangers < limits.total
    assert limits.per_address < limits.strangers


@pytest.mark.parametrize("wrong", ["strangers", "per_address", "busy_strangers", "per_person"])
def test_limits_that_leave_nobody_in_are_refused(wrong: str) -> None:
    values = {"total": 16, "strangers": 12, "per_address": 6, "busy_strangers": 3, "per_person": 8, wrong: 0}
    with pytest.raises(InvalidValueError):
        PlaceLimits(**values)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("127.0.0.1", "127.0.0.1", True),
        ("127.0.0.1", "127.0.0.2", False),
        ("2001:db8:1:2:3::4", "2001:db8:1:2:ffff::1", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:10.0.0.1", "10.0.0.1", True),
        ("fe80::1%eth0", "fe80::2%eth0", True),
        ("", "", True),
        ("no address", "no address", True),
    ],
)
def test_one_subscribers_addresses_count_as_one(one: str, other: str, same: bool) -> None:
    assert (neighbourhood(one) == neighbourhood(other)) is same


def test_an_app_says_who_proved_a_sign_in_and_nothing_happens_without_a_door() -> None:
    said: list[str] = []
    prove_place({"extensions": {PLACE_EXTENSION: {"prove": said.append}}}, "session 1")
    prove_place({"extensions": {}}, "session 2")
    prove_place({}, "session 3")
    assert said == ["session 1"]
