"""The one file of 緊急操作: small, alone, readable in sun and at night, and with a word for everything that comes."""

import itertools
import re

import pytest

from fleet.realm import Realm
from ground_station.flight.page import app
from ground_station.flight.page.app import page_headers
from ground_station.flight.vehicles.flight_command import Action, CommandState
from ground_station.flight.vehicles.state import LinkState

PAGE = app._PAGE.read_text(encoding="utf-8")
MOST_BYTES = 30_000
LEAST_CONTRAST = 7.0
_JAPANESE = re.compile(r"[぀-ヿ一-鿿]")


def _part(tag: str) -> str:
    (found,) = re.findall(rf"<{tag}>(.*?)</{tag}>", PAGE, re.DOTALL)
    return str(found)


def _table(name: str) -> dict[str, str]:
    """Return the entries of a table in the script, `key: value` or `key: [ja, en]`."""
    block = re.search(rf"const {name} = \{{(.*?)\}};", _part("script"), re.DOTALL)
    assert block is not None
    return dict(re.findall(r"(\w+): (\[[^\]]*\]|'[^']*')", block.group(1)))


def test_it_is_smaller_than_thirty_kilobytes() -> None:
    assert len(PAGE.encode()) < MOST_BYTES


def test_it_asks_nothing_of_anybody_but_its_own_server() -> None:
    assert not re.search(r"(https?|wss?):|['\"(=]//", PAGE)
    for way in ("url(", "@import", "@font-face", "src=", "<link", "<iframe", "import("):
        assert way not in PAGE
    assert set(re.findall(r"ask\('([^']*)'", PAGE)) == {"/flight/state", "/flight/orders"}


def test_its_policy_lets_its_own_script_and_style_run_and_nothing_else() -> None:
    _part("script")
    _part("style")
    assert not re.search(r"<[^>]*\s(on\w+|style)=", PAGE)
    policy = page_headers(PAGE)["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert policy.count("'sha256-") == 2
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    ("table", "keys"),
    [
        ("ACTION", set(Action)),
        ("STATE", set(CommandState)),
        ("SHAPE", set(CommandState)),
        ("LINK", {*LinkState, "none"}),
        ("ICON", {"hold", "recall", "land", "clear"}),
    ],
)
def test_it_has_a_word_or_a_shape_for_everything_that_the_core_can_say(table: str, keys: set[str]) -> None:
    assert set(_table(table)) == {str(key) for key in keys}


@pytest.mark.parametrize("table", ["W", "ACTION", "STATE"])
def test_every_word_is_there_in_both_languages(table: str) -> None:
    for key, pair in _table(table).items():
        japanese, english = re.findall(r"'([^']*)'", pair)
        if key != "lang":
            assert _JAPANESE.search(japanese), key
            assert not _JAPANESE.search(english), key


def test_it_names_actions_as_the_core_does() -> None:
    words = _table("ACTION")
    assert all(action.text.ja in words[action] or action is Action.RESUME for action in Action)


def test_every_word_that_is_used_is_there_and_none_is_left_over() -> None:
    script = _part("script")
    used = set(re.findall(r"\bW\.(\w+)", script)) | set(re.findall(r'data-w="(\w+)"', PAGE))
    assert used | {realm.value for realm in Realm} == set(_table("W"))


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255.0 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(first: str, second: str) -> float:
    light, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _colours(selector: str) -> dict[str, str]:
    block = _part("style").split(f"{selector}{{", 1)[1].split("}", 1)[0]
    return dict(re.findall(r"--([\w-]+):(#[0-9a-f]{3,6})", block))


_INKS_ON = {
    "card": ("ink", "soft", "grey", "blue", "green", "amber", "red"),
    "bg": ("ink", "soft", "grey"),
    "hatch": ("grey",),
    "amber-bg": ("ink",),
    "red-bg": ("ink", "red"),
    "act": ("on-act",),
    "drill": ("on-drill",),
    "blue": ("card",),
}


@pytest.mark.parametrize(
    ("theme", "ground", "ink"),
    [
        (theme, ground, ink)
        for theme, (ground, inks) in itertools.product((":root", ":root.night"), _INKS_ON.items())
        for ink in inks
    ],
)
def test_it_can_be_read_in_the_sun_and_at_night(theme: str, ground: str, ink: str) -> None:
    colours = _colours(theme)
    assert _contrast(colours[ink], colours[ground]) >= LEAST_CONTRAST


def test_the_night_has_every_colour_of_the_day() -> None:
    assert set(_colours(":root")) == set(_colours(":root.night"))
