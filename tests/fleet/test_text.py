"""Whatever an error quotes, a person's text can be stored and sent."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from fleet.text import Text

ANY = st.lists(st.characters() | st.integers(0xD800, 0xDFFF).map(chr)).map("".join)


@given(ANY, ANY)
def test_any_words_are_stored_and_read_back(ja: str, en: str) -> None:
    text = Text(ja, en)
    assert msgspec.json.decode(msgspec.json.encode(text), type=Text) == text


@given(st.text())
def test_words_that_can_be_carried_stay_as_they_are(words: str) -> None:
    assert Text(words, words).as_dict() == {"ja": words, "en": words}


def test_what_cannot_be_carried_is_marked() -> None:
    assert Text("名前 \udcff.toml", "\ud800 name") == Text("名前 ?.toml", "? name")
