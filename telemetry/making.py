"""Records made from typed bodies: lane, kind and newest-only key come from the body's type."""

from collections.abc import Mapping
from typing import TypeVar

import msgspec

from fleet.errors import InvalidValueError
from fleet.ids import RecordId
from fleet.text import Text
from telemetry.bodies import BODY_TYPES, Body
from telemetry.records import Record

BodyT = TypeVar("BodyT", bound=Body)


def make_record(body: Body, *, record_id: str, recorded_at_s: float) -> Record:
    """Return the record of a typed body; `record_id` is a fresh `fleet.ids.new_id`."""
    fields = msgspec.to_builtins(body, builtin_types=(bytes,))
    key = None
    if body.KEY_FIELD is not None:
        key = f"{body.KIND}/{fields[body.KEY_FIELD]}" if body.KEY_FIELD else body.KIND
    return Record(
        id=RecordId(record_id),
        lane=body.LANE,
        kind=body.KIND,
        recorded_at_s=recorded_at_s,
        body=fields,
        key=key,
    )


def typed_body(kind: str, fields: Mapping[str, object], types: Mapping[str, type[Body]] = BODY_TYPES) -> Body:
    """Return `fields` as the typed body of `kind`; raises InvalidValueError naming the field that is wrong."""
    body_type = types.get(kind)
    if body_type is None:
        raise InvalidValueError(
            Text(f"記録の種類「{kind}」を知りません", f"there is no record kind {kind!r}"), kind=kind
        )
    return read_body(body_type, fields)


def read_body(body_type: type[BodyT], fields: Mapping[str, object]) -> BodyT:
    """Return `fields` as one body type; raises InvalidValueError naming the field that is wrong."""
    try:
        return msgspec.convert(fields, body_type)
    except msgspec.ValidationError as error:
        raise InvalidValueError(
            Text(
                f"記録「{body_type.KIND}」の内容が正しくありません: {error}", f"the body of {body_type.KIND!r}: {error}"
            ),
            kind=body_type.KIND,
        ) from error
