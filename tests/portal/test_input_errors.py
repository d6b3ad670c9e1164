"""What is wrong with a request's fields is said in Japanese and in English, not in a mixture."""

from typing import Literal

import pytest
from pydantic import Field, ValidationError

from fleet.roles import Role
from portal.input_errors import input_errors
from portal.schemas import PersonIn, PersonName, WireModel


class _Form(WireModel):
    name: PersonName = "佐藤"
    mass_kg: float = Field(default=1.0, ge=0.5, le=4.0)
    count: int = 1
    kind: Literal["a", "b"] = "a"
    role: Role = Role.VIEWER
    tags: list[str] = Field(default_factory=list, max_length=1)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("mass_kg", 0.1, "mass_kg（0.5 以上にしてください）"),
        ("mass_kg", 9, "mass_kg（4.0 以下にしてください）"),
        ("mass_kg", "x", "mass_kg（数で入力してください）"),
        ("count", 1.5, "count（整数で入力してください）"),
        ("kind", "c", "kind（次のどれかにしてください: 'a'・'b'）"),
        ("tags", ["1", "2"], "tags（1 個以下にしてください）"),
        ("name", "", "name（1 文字以上にしてください）"),
        ("name", " \u3000", "name（空白だけの名前は使えません）"),
        ("unknown", 1, "unknown（この項目は使えません）"),
    ],
)
def test_each_common_error_has_japanese_words(field: str, value: object, said: str) -> None:
    with pytest.raises(ValidationError) as wrong:
        _Form.model_validate({field: value})
    words = input_errors(wrong.value.errors())
    assert words.ja == said
    assert words.en.startswith(f"{field} (")
    assert words.en.isascii()


def test_an_error_of_a_kind_not_known_still_has_japanese_words() -> None:
    words = input_errors([{"type": "url_scheme", "loc": ("body", "link"), "msg": "URL scheme should be https"}])
    assert (words.ja, words.en) == ("link（値が正しくありません）", "link (URL scheme should be https)")


def test_no_more_than_five_fields_are_named_and_a_missing_body_is_called_so() -> None:
    errors = [{"type": "missing", "loc": ("body",), "msg": "Field required"}] * 7
    assert input_errors(errors).ja == "、".join(["body（必須です）"] * 5)


@pytest.mark.parametrize("name", ["  ", "\u3000", "佐藤\x00", "佐藤\u202e花子", "a\nb"])
def test_a_name_that_cannot_be_read_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        PersonIn(name=name, roles=[Role.VIEWER])


@pytest.mark.parametrize("name", ["佐藤 花子", "佐藤\u3000花子", "O'Neil", "髙橋"])
def test_names_as_people_write_them_are_taken(name: str) -> None:
    assert PersonIn(name=name, roles=[Role.VIEWER]).name == name
