"""Which environment variables are settings: `KAKEHASHI_` and a setting's name, a section before `__`."""

import difflib
from collections.abc import Iterator, Mapping

from pydantic import BaseModel

from fleet.errors import BadInputError
from fleet.text import Text

PREFIX = "KAKEHASHI_"
CONFIG_VARIABLE = "KAKEHASHI_CONFIG"

# Read by others than the settings: the file of the settings, and the tests and benchmarks.
_ARDUCOPTER_OF_TESTS = "KAKEHASHI_ARDUCOPTER"
_TEST_PREFIX = "KAKEHASHI_TEST_"


def variable_of(setting: str) -> str:
    """Return the variable that sets `setting`, which is written as in `station.port`."""
    return PREFIX + setting.upper().replace(".", "__")


def names_of(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    """Yield the model's settings, written as in `station.port`; sections, which can be set as JSON, too."""
    for name, field in model.model_fields.items():
        yield prefix + name
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from names_of(field.annotation, f"{prefix}{name}.")


def without_settings(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment without any variable that could be a setting or name a file of them."""
    return {name: value for name, value in environ.items() if not _is_ours(name) or _is_extra(name)}


def require_known(environ: Mapping[str, str], model: type[BaseModel]) -> None:
    """Raise BadInputError for the first variable that looks like a setting but is none."""
    settings = {variable_of(name) for name in names_of(model)}
    for name in sorted(environ):
        if _is_ours(name) and not _is_extra(name) and name != CONFIG_VARIABLE and name.upper() not in settings:
            raise _unknown(name, settings | {CONFIG_VARIABLE})


def _is_ours(name: str) -> bool:
    return name.upper().startswith(PREFIX)


def _is_extra(name: str) -> bool:
    return name == _ARDUCOPTER_OF_TESTS or name.startswith(_TEST_PREFIX)


def _unknown(name: str, known: set[str]) -> BadInputError:
    ends = sorted(one.removeprefix(PREFIX) for one in known)
    nearest = difflib.get_close_matches(name.upper().removeprefix(PREFIX), ends, n=1)
    cure = Text(
        f"環境変数 {name} を消してください。設定の一覧は README にあります",
        f"remove {name} from the environment; the README lists the settings",
    )
    if nearest:
        cure = Text(
            f"{PREFIX}{nearest[0]} の書き間違いなら直し、そうでなければ {name} を消してください",
            f"if {PREFIX}{nearest[0]} is meant, write that; otherwise remove {name} from the environment",
        )
    return BadInputError(
        Text(f"環境変数 {name} という設定はありません", f"the environment variable {name} is no setting"),
        cure,
        variable=name,
    )
