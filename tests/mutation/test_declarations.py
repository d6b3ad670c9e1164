"""What of a module is left out of mutation testing: how things are declared, and nothing of what they do."""

import pytest

from mutation.declarations import declarations

SOURCE = '''
Row = tuple[int | None, str]
LIMIT: float | None = 2.0
TABLE = {1: 2}


@dataclass(frozen=True)
class Value:
    size: int | float = 3

    @property
    def name(self, *, other: int | None = 4) -> str | None:
        """Return 5."""
        return self.size | 6


async def wait(a: int, /, *b: float | int, at_s: float = -7.0) -> int | None: return 8
'''
DECLARES = ["int | None, str", "float | None", "frozen=True", "int | float", "*, other", "str | None", "float | int"]
DOES = ["2.0", "{1: 2}", "3\n", "4)", "self.size | 6", "property", "7.0", "8\n", "dataclass(frozen"]


@pytest.mark.parametrize("text", [*DECLARES, *DOES])
def test_declarations_are_left_out_and_defaults_tables_and_bodies_are_not(text: str) -> None:
    assert SOURCE.count(text) == 1
    before = SOURCE[: SOURCE.index(text)]
    place = (before.count("\n") + 1, len(before) - before.rfind("\n") - 1)
    left_out = any(place in span for span in declarations(SOURCE))
    assert left_out is (text in DECLARES or text == "dataclass(frozen")
