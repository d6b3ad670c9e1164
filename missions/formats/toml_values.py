"""Frozen dataclasses in TOML files: written field by field, read back with errors that name file and field."""

import dataclasses
import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar, cast

import msgspec

from fleet.errors import InvalidValueError
from fleet.text import Text
from missions.formats.bad_input import bad_input

T = TypeVar("T")
Table = dict[str, Any]
_LARGEST_BYTES = 1_000_000


def read_table(path: Path, name: str) -> Table:
    """Return the TOML file as a table; `name` is how errors call it. Raises BadInputError."""
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise bad_input(name, Text("大きすぎます", "is too large"), Text("1 MB までです", "at most 1 MB is read"))
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        what = Text("ファイルがありません", "the file is missing")
        cure = Text("町のフォルダを確かめるか作り直してください", "check the town's folder, or make it anew")
        raise bad_input(name, what, cure) from error
    except (OSError, UnicodeDecodeError) as error:
        what = Text("読めません（UTF-8 の文字ではありません）", f"cannot be read as UTF-8 text ({error})")
        cure = Text("UTF-8 で保存し直してください", "save it as UTF-8")
        raise bad_input(name, what, cure) from error
    except tomllib.TOMLDecodeError as error:
        what = Text(f"TOML の書き方が違います（{error}）", f"is not valid TOML ({error})")
        cure = Text("示された行の引用符・かっこ・= を確かめてください", "check quotes, brackets and = on that line")
        raise bad_input(name, what, cure) from error


def value_of(table: object, kind: type[T], name: str, where: str = "") -> T:
    """Return the table as a dataclass; `where` is its path in the file.

    Raises BadInputError for unknown, missing or wrong fields.
    """
    _refuse_unknown(table, kind, name, where)
    try:
        return msgspec.convert(table, kind)
    except msgspec.ValidationError as error:
        detail = str(error).replace("$.", f"{where}." if where else "").replace("`$`", f"`{where}`" if where else "`$`")
        what = Text(f"{_at(where)}値が違います: {detail}", f"{_at(where)}a value is wrong: {detail}")
        cure = Text("示された項目の型と綴りを直してください", "mend the type or the spelling of that field")
        raise bad_input(name, what, cure) from error
    except InvalidValueError as error:
        raise bad_input(name, error.what, error.cure or Text("値を直してください", "mend the value")) from error


def _at(where: str) -> str:
    return f"[{where}] " if where else ""


def _refuse_unknown(table: object, kind: type[Any], name: str, where: str) -> None:
    if not isinstance(table, Mapping) or not dataclasses.is_dataclass(kind):
        return
    known = {field.name: field.type for field in dataclasses.fields(kind)}
    for key, value in table.items():
        if key not in known:
            allowed = "、".join(known)
            what = Text(f"{_at(where)}項目「{key}」は知りません", f"{_at(where)}the field {key!r} is not known")
            cure = Text(
                f"消すか、次のどれかに直してください: {allowed}", f"delete it, or use one of: {', '.join(known)}"
            )
            raise bad_input(name, what, cure)
        inner = known[key]
        if isinstance(inner, type):
            _refuse_unknown(value, inner, name, f"{where}.{key}" if where else str(key))


def toml_text(table: Mapping[str, Any]) -> str:
    """Return a TOML document of nested tables, strings, numbers, booleans and lists of strings."""
    return "\n".join(_lines(table, ())).strip() + "\n"


def table_of(value: object) -> Table:
    """Return a dataclass as a table of plain values, None left out."""
    plain = cast("Table", msgspec.to_builtins(value))
    return {key: item for key, item in plain.items() if item is not None}


def _lines(table: Mapping[str, Any], path: tuple[str, ...]) -> list[str]:
    plain = [f"{key} = {_scalar(value)}" for key, value in table.items() if not isinstance(value, Mapping)]
    lines = [f"[{'.'.join(path)}]", *plain, ""] if path and plain else [*plain, ""]
    for key, value in table.items():
        if isinstance(value, Mapping):
            lines += _lines(value, (*path, key))
    return lines


def _scalar(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, str):
        # A JSON string is a TOML basic string once DEL is escaped (TOML 1.0, section "String").
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_scalar(item) for item in value) + "]"
    raise TypeError(f"no TOML for {type(value).__name__}")
