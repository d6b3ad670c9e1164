"""Errors of a file: which file, which layer, which row, what is wrong and how to mend it, in Japanese and English."""

from fleet.errors import BadInputError
from fleet.text import Text


def bad_input(file: str, what: Text, cure: Text, *, layer: str | None = None, row: int | None = None) -> BadInputError:
    """Return the error. `row` counts from 1, as a person counts."""
    ja, en = file, file
    if layer is not None:
        ja, en = f"{ja} の {layer} 層", f"{en}, layer {layer}"
    if row is not None:
        ja, en = f"{ja} {row} 行目", f"{en}, row {row}"
    return BadInputError(Text(f"{ja}: {what.ja}", f"{en}: {what.en}"), cure, file=file, layer=layer, row=row)
