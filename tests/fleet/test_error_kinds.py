"""No error of the tree is without a code of its own and an HTTP status."""

import pytest

from fleet import errors
from fleet.error_kinds import KIND_OF, STATUS_OF, status_of
from fleet.errors import ExpiredError, FleetError, UnavailableError
from fleet.text import Text

WORDS = Text("だめです", "no")
KINDS = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, FleetError) and kind is not FleetError
]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_known_by_its_code_and_has_a_status(kind: type[FleetError]) -> None:
    assert KIND_OF[kind.code] is kind
    assert 400 <= status_of(kind(WORDS)) < 600
    assert status_of(kind(WORDS)) == STATUS_OF[kind.code] != 500


def test_no_code_stands_twice_and_none_for_nothing() -> None:
    assert len({kind.code for kind in KINDS}) == len(KINDS)
    assert set(STATUS_OF) == set(KIND_OF) == {kind.code for kind in KINDS}


def test_a_kind_of_elsewhere_has_the_status_of_the_one_it_is() -> None:
    class FullDiskError(UnavailableError):
        code = "full-disk"

    class LateError(ExpiredError):
        pass

    assert status_of(FullDiskError(WORDS)) == 503
    assert status_of(LateError(WORDS)) == 504
    assert status_of(FleetError(WORDS)) == 500
