"""What is asked of the list of pictures: by time, by place, by page."""

import base64
import binascii
import math
from collections.abc import Sequence
from dataclasses import dataclass

from fleet.errors import InvalidValueError
from fleet.text import Text
from imagery.pictures import Picture

MAX_PAGE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A box in WGS 84 degrees, edges included; where `west_deg` is greater than `east_deg` it spans the date line."""

    west_deg: float
    south_deg: float
    east_deg: float
    north_deg: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureQuery:
    """Which pictures; `since_s` and `until_s` bound the time they were taken (until excluded). Newest first."""

    since_s: float | None = None
    until_s: float | None = None
    area: Area | None = None
    delivery_id: str | None = None
    cursor: str | None = None
    limit: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class PicturePage:
    """Some pictures, newest first, and where the next page starts; None at the end."""

    pictures: Sequence[Picture]
    next_cursor: str | None


def cursor_of(picture: Picture) -> str:
    """Return the cursor of the page after `picture`."""
    return base64.urlsafe_b64encode(f"{picture.taken_at_s!r} {picture.id}".encode()).decode()


def parse_cursor(cursor: str) -> tuple[float, str]:
    """Return time and id where a page starts; raises InvalidValueError for what is no cursor."""
    try:
        time_text, _, picture_id = base64.urlsafe_b64decode(cursor.encode()).decode().partition(" ")
        taken_at_s = float(time_text)
    except (ValueError, binascii.Error, UnicodeDecodeError) as error:
        raise _no_cursor() from error
    if not picture_id or not math.isfinite(taken_at_s):
        raise _no_cursor()
    return taken_at_s, picture_id


def _no_cursor() -> InvalidValueError:
    return InvalidValueError(
        Text("ページの位置が正しくありません", "this is no page cursor"),
        Text("最初のページから読み直してください", "start again from the first page"),
    )
