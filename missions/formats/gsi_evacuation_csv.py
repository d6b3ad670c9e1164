"""指定緊急避難場所 CSV of 国土地理院 (`mergeFromCity_2.csv` and the shelters' `_1`): UTF-8 with BOM, quoted newlines.

A flag is `1` or blank. Files saved anew by a spreadsheet (Shift_JIS) are read too.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fleet.errors import InvalidValueError
from fleet.positions import LonLat
from fleet.text import Text
from missions.formats.bad_input import bad_input

HAZARDS = (
    "洪水",
    "崖崩れ、土石流及び地滑り",
    "高潮",
    "地震",
    "津波",
    "大規模な火事",
    "内水氾濫",
    "火山現象",
)
_ID, _NAME, _ADDRESS = "共通ID", "施設・場所名", "住所"
_SHELTER, _LATITUDE, _LONGITUDE, _NOTE = "指定避難所との住所同一", "緯度", "経度", "備考"
_NEEDED = (_ID, _NAME, _LATITUDE, _LONGITUDE)
_LARGEST_BYTES = 64_000_000
_GET_FILE = Text(
    "国土地理院「指定緊急避難場所・指定避難所データ」の CSV を用意してください",
    "provide the CSV of GSI's evacuation site data",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EvacuationPlace:
    """One row: the hazards it is named for, and whether it is a shelter to stay in as well."""

    id: str
    name: str
    address: str
    at: LonLat
    hazards: tuple[str, ...]
    is_shelter: bool
    note: str


def read_evacuation_csv(data: bytes, name: str) -> tuple[EvacuationPlace, ...]:
    """Return the places of a file in its order. Raises BadInputError naming the row (the heading is row 1)."""
    if len(data) > _LARGEST_BYTES:
        raise bad_input(name, Text("大きすぎます（64 MB まで）", "is too large (at most 64 MB)"), _GET_FILE)
    rows = _rows(_decoded(data, name), name)
    if not rows:
        raise bad_input(name, Text("空のファイルです", "is empty"), _GET_FILE)
    heading = [cell.strip() for cell in rows[0]]
    missing = [column for column in _NEEDED if column not in heading]
    if missing:
        what = Text(f"列がありません: {'、'.join(missing)}", f"lacks the columns {', '.join(missing)}")
        raise bad_input(name, what, _GET_FILE, row=1)
    places = []
    seen: dict[str, int] = {}
    for number, cells in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(heading):
            what = Text(
                f"列の数が {len(cells)} です（見出しは {len(heading)}）",
                f"has {len(cells)} columns, the heading {len(heading)}",
            )
            cure = Text("カンマと引用符を確かめてください", "check commas and quotes")
            raise bad_input(name, what, cure, row=number)
        place = _place(dict(zip(heading, cells, strict=True)), name, number)
        if place.id in seen:
            what = Text(
                f"共通ID {place.id} が {seen[place.id]} 行目にもあります",
                f"the id {place.id} is also in row {seen[place.id]}",
            )
            raise bad_input(name, what, Text("どちらかを消してください", "delete one of them"), row=number)
        seen[place.id] = number
        places.append(place)
    return tuple(places)


def _decoded(data: bytes, name: str) -> str:
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    what = Text("文字コードがわかりません（UTF-8 でも Shift_JIS でもありません）", "is neither UTF-8 nor Shift_JIS")
    raise bad_input(name, what, Text("UTF-8 で保存し直してください", "save it as UTF-8"))


def _rows(text: str, name: str) -> Sequence[Sequence[str]]:
    try:
        return list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        what = Text(f"CSV として読めません（{error}）", f"is not readable CSV ({error})")
        raise bad_input(
            name, what, Text("引用符の閉じ忘れを確かめてください", "check for an unclosed quote")
        ) from error


def _place(cells: Mapping[str, str], name: str, row: int) -> EvacuationPlace:
    for column in (_ID, _NAME):
        if not cells[column].strip():
            what = Text(f"{column} が空です", f"the column {column} is empty")
            raise bad_input(name, what, Text(f"{column} を入力してください", f"fill in {column}"), row=row)
    return EvacuationPlace(
        id=cells[_ID].strip(),
        name=" ".join(cells[_NAME].split()),
        address=" ".join(cells.get(_ADDRESS, "").split()),
        at=_at(cells, name, row),
        hazards=tuple(hazard for hazard in HAZARDS if _flag(cells, hazard, name, row)),
        is_shelter=_flag(cells, _SHELTER, name, row),
        note=" ".join(cells.get(_NOTE, "").split()),
    )


def _at(cells: Mapping[str, str], name: str, row: int) -> LonLat:
    degrees = {}
    for column in (_LATITUDE, _LONGITUDE):
        try:
            degrees[column] = float(cells[column])
        except ValueError as error:
            what = Text(f"{column}「{cells[column]}」は数ではありません", f"{column} {cells[column]!r} is not a number")
            cure = Text("34.73273 のように十進数の度で入力してください", "enter decimal degrees, like 34.73273")
            raise bad_input(name, what, cure, row=row) from error
    try:
        return LonLat(lon_deg=degrees[_LONGITUDE], lat_deg=degrees[_LATITUDE])
    except InvalidValueError as error:
        cure = Text("緯度と経度が逆でないか確かめてください", "check that latitude and longitude are not swapped")
        raise bad_input(name, error.what, cure, row=row) from error


def _flag(cells: Mapping[str, str], column: str, name: str, row: int) -> bool:
    value = cells.get(column, "").strip()
    if value not in ("", "0", "1"):
        what = Text(f"{column} が「{value}」です", f"{column} is {value!r}")
        raise bad_input(name, what, Text("1 か空にしてください", "use 1 or leave it empty"), row=row)
    return value == "1"
