"""What is wrong with a request's fields: Japanese words by pydantic's error type, English ones as pydantic says. Pure.

Types and their context values: https://docs.pydantic.dev/latest/errors/validation_errors/
"""

from collections.abc import Mapping, Sequence

from fleet.text import Text

_SHOWN = 5
_OTHER_JA = "値が正しくありません"
_JA = {
    "missing": "必須です",
    "extra_forbidden": "この項目は使えません",
    "json_invalid": "JSON として読めません",
    "model_attributes_type": "項目の組で入力してください",
    "dict_type": "項目の組で入力してください",
    "list_type": "一覧で入力してください",
    "string_type": "文字で入力してください",
    "string_too_short": "{min_length} 文字以上にしてください",
    "string_too_long": "{max_length} 文字以下にしてください",
    "string_pattern_mismatch": "決まった形の文字ではありません",
    "too_short": "{min_length} 個以上にしてください",
    "too_long": "{max_length} 個以下にしてください",
    "bool_type": "はい・いいえ（true/false）で入力してください",
    "bool_parsing": "はい・いいえ（true/false）で入力してください",
    "int_type": "整数で入力してください",
    "int_parsing": "整数で入力してください",
    "int_from_float": "整数で入力してください",
    "float_type": "数で入力してください",
    "float_parsing": "数で入力してください",
    "finite_number": "有限の数で入力してください",
    "greater_than": "{gt} より大きくしてください",
    "greater_than_equal": "{ge} 以上にしてください",
    "less_than": "{lt} より小さくしてください",
    "less_than_equal": "{le} 以下にしてください",
    "enum": "次のどれかにしてください: {expected}",
    "literal_error": "次のどれかにしてください: {expected}",
    "name_blank": "空白だけの名前は使えません",
    "name_not_shown": "表示できない文字は使えません",
}


def input_errors(errors: Sequence[Mapping[str, object]]) -> Text:
    """Return the first few of pydantic's errors, each with the field's path."""
    shown = errors[:_SHOWN]
    return Text(
        "、".join(f"{_path(error)}（{_words_ja(error)}）" for error in shown),
        "; ".join(f"{_path(error)} ({error.get('msg')})" for error in shown),
    )


def _path(error: Mapping[str, object]) -> str:
    location = error.get("loc", ())
    path = ".".join(str(part) for part in location if part != "body") if isinstance(location, tuple) else ""
    return path or "body"


def _words_ja(error: Mapping[str, object]) -> str:
    context = error.get("ctx")
    values = (
        {key: str(value).replace(" or ", "・") for key, value in context.items()} if isinstance(context, dict) else {}
    )
    return _JA.get(str(error.get("type")), _OTHER_JA).format_map(values)
