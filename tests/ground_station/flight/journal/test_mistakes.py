"""A mistake in the journal's own thread, of whatever class: it goes on writing, says so, and loses what it must."""

import asyncio
import builtins
import errno
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from fleet.errors import ConflictError, FleetError, UnavailableError
from fleet.text import Text
from ground_station.flight.journal.draft import Draft
from ground_station.flight.journal.health import Writing
from ground_station.flight.journal.journal import Journal
from ground_station.flight.journal.lanes import Waiting
from ground_station.flight.journal.verification import export_lines, verify_journal
from tests.ground_station.flight.aircraft import eventually
from tests.ground_station.flight.journal.troubled import SMALL, STAMP, Trouble, TroubledFolder, opened, refusing

OPERATIONS = ("own", "names", "read", "allocate", "write", "replace")
_MADE_OF = {
    UnicodeDecodeError: ("utf-8", b"", 0, 1, "bad"),
    UnicodeEncodeError: ("utf-8", "", 0, 1, "bad"),
    UnicodeTranslateError: ("", 0, 1, "bad"),
    ExceptionGroup: ("many", [ValueError("one")]),
}


def _subclasses(kind: type[Exception]) -> Iterator[type[Exception]]:
    yield kind
    for one in kind.__subclasses__():
        yield from _subclasses(one)


def _errors() -> list[Exception]:
    """Return an error of every class that Python or the platform itself has."""
    kinds = dict.fromkeys(
        kind for kind in _subclasses(Exception) if kind.__module__ in {builtins.__name__, "fleet.errors"}
    )
    return [
        kind(Text("誤り", "a mistake"))
        if issubclass(kind, FleetError)
        else kind(errno.EIO, "broken")
        if issubclass(kind, OSError)
        else kind(*_MADE_OF.get(kind, ("a mistake",)))
        for kind in kinds
    ]


ERRORS = _errors()


@pytest.fixture(autouse=True)
def _no_tracebacks() -> Iterator[None]:
    """Keep what is logged from being painted, which takes longer than the tests."""
    with capture_logs():
        yield


def _actions(folder: TroubledFolder) -> list[str]:
    folder.trouble = refusing()
    assert verify_journal(folder, None).faults == ()
    return [line.split('"action":"')[1].split('"')[0] for line in export_lines(folder)]


def _falls_twice(operation: str, error: Exception) -> Trouble:
    falls = iter([error, error])
    return lambda _step, name, _file: next(falls, None) if name == operation else None


async def _write(journal: Journal, names: list[str]) -> None:
    for name in names:
        begun = journal.begin(actor="a", action=name, subject="v", detail={}, urgent=name.endswith("3"))
        await begun.wait_at_most(0.05)


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
async def test_whatever_falls_at_whichever_step_the_journal_goes_on(error: Exception) -> None:
    for operation in OPERATIONS:
        await _life(operation, error, at_start=False)
        if not isinstance(error, ConflictError):  # another core's journal is not opened
            await _life(operation, error, at_start=True)


async def _life(operation: str, error: Exception, *, at_start: bool) -> None:
    trouble = _falls_twice(operation, error)
    folder = TroubledFolder(trouble if at_start else None)
    journal = opened(folder)
    folder.trouble = trouble
    names = [f"act-{number}" for number in range(12)]
    await _write(journal, names)
    await eventually(lambda: not journal.health().waiting and journal.health().is_well)
    assert journal.close(10.0)
    assert sorted(action for action in _actions(folder) if action in names) == sorted(names), operation


@pytest.mark.parametrize(
    "error", [error for error in ERRORS if not isinstance(error, OSError)], ids=lambda error: type(error).__name__
)
async def test_while_it_falls_a_take_off_is_refused_and_what_must_be_kept_is_kept(error: Exception) -> None:
    folder = TroubledFolder()
    journal = opened(folder)
    folder.trouble = lambda _step, name, _file: error if name == "write" else None
    with pytest.raises(UnavailableError, match="cannot write the flight journal"):
        await journal.record(actor="a", action="take-off", subject="v", detail={})
    assert journal.health().writing is Writing.REFUSED
    begun = journal.begin(actor="a", action="land", subject="v", detail={}, urgent=True)
    assert await begun.wait_at_most(0.005) is None
    folder.trouble = refusing()
    assert await begun.wait_at_most(10.0) is not None
    assert journal.health().is_well
    journal.close(10.0)
    assert _actions(folder) == ["land"]


def _unwritable(*, urgent: bool) -> Waiting:
    detail = {"what": object()}
    draft = Draft(stamp=STAMP, actor="a", action="bad", subject="v", detail=detail, line_bytes=300)
    return Waiting(draft=draft, urgent=urgent, kept=True)


@pytest.mark.parametrize("place", [0, 5, 9])
async def test_an_entry_that_can_never_be_written_is_given_up_and_counted_and_the_others_are_written(
    place: int,
) -> None:
    folder = TroubledFolder()
    journal = opened(folder)
    folder.gate.clear()
    journal.begin(actor="a", action="first", subject="v", detail={})
    folder.is_writing.wait(10.0)
    begun = []
    for number in range(10):
        if number == place:
            bad = _unwritable(urgent=False)
            journal._intake.put(bad)
        else:
            begun.append(journal.begin(actor="a", action=f"act-{number}", subject="v", detail={}))
    folder.gate.set()
    for one in begun:
        assert await one.wait_at_most(10.0) is not None
    assert isinstance(bad.outcome.result(10.0), UnavailableError)
    assert journal.health().dropped == 1
    assert not journal.health().is_well
    assert "could not be kept" in journal.health().text().en
    assert journal.close(10.0)
    assert [action for action in _actions(folder) if not action.startswith("journal.")] == [
        "first",
        *(f"act-{number}" for number in range(10) if number != place),
    ]
    assert "journal.dropped" in _actions(folder)


@pytest.mark.parametrize("retry_s", [0.01, 0.2])
@pytest.mark.parametrize("waiting", [0, 300])
@pytest.mark.parametrize("recalls", [5, 6, 10])
async def test_a_mistake_that_passes_loses_nothing_however_often_it_is_tried_meanwhile(
    recalls: int, waiting: int, retry_s: float
) -> None:
    folder = TroubledFolder()
    journal = opened(folder, replace(SMALL, retry_s=retry_s))
    until_s = time.monotonic() + 0.08
    falls = []

    def falling(_step: int, operation: str, _name: str) -> Exception | None:
        if operation != "write" or time.monotonic() >= until_s:
            return None
        falls.append(operation)
        return ValueError("a mistake")

    folder.trouble = falling
    names = [f"act-{number}" for number in range(waiting)]
    for name in names:
        journal.begin(actor="a", action=name, subject="v", detail={})
    for number in range(recalls):
        names.append(f"recall-{number}")
        journal.begin(actor="a", action=names[-1], subject="v", detail={}, urgent=True)
        await asyncio.sleep(0.005)
    await eventually(lambda: not journal.health().waiting)
    assert falls
    assert journal.health().dropped == 0
    assert journal.close(10.0)
    assert sorted(action for action in _actions(folder) if action in names) == sorted(names)


@pytest.mark.parametrize("urgent", [False, True])
async def test_an_entry_that_can_never_be_written_holds_nobody_up(urgent: bool) -> None:
    folder = TroubledFolder()
    journal = opened(folder, replace(SMALL, retry_s=0.3))
    bad = _unwritable(urgent=urgent)
    journal._intake.put(bad)
    tries = 0
    while not bad.outcome.done():
        tries += 1
        async with asyncio.timeout(0.25):
            await journal.record(actor="a", action="take-off", subject="v", detail={})
        await asyncio.sleep(0.01)
        assert tries <= 200
    assert journal.health().dropped == 1
    assert journal.close(10.0)
    assert _actions(folder).count("take-off") == tries


@pytest.mark.parametrize("urgent", [False, True])
async def test_an_entry_that_can_never_be_written_is_given_up_though_no_other_comes(urgent: bool) -> None:
    folder = TroubledFolder()
    journal = opened(folder)
    bad = _unwritable(urgent=urgent)
    journal._intake.put(bad)
    assert isinstance(bad.outcome.result(10.0), UnavailableError)
    await eventually(lambda: not journal.health().waiting)
    assert journal.health().dropped == 1
    assert journal.close(10.0)
    assert [action for action in _actions(folder) if action != "journal.tried"] == ["journal.dropped"]


async def test_while_nothing_at_all_can_be_written_for_a_mistake_nothing_is_given_up() -> None:
    folder = TroubledFolder()
    journal = opened(folder)
    folder.trouble = lambda _step, operation, _name: ValueError("a mistake") if operation == "write" else None
    journal.begin(actor="a", action="recall", subject="v", detail={}, urgent=True)
    await asyncio.sleep(0.5)
    assert journal.health().waiting == 1
    folder.trouble = refusing()
    await eventually(lambda: not journal.health().waiting)
    assert journal.close(10.0)
    assert _actions(folder) == ["recall"]
