"""A plan as JSON and back, so that a station that was restarted in flight still knows what is being flown."""

from typing import Any

import msgspec
import shapely
from shapely.geometry import Polygon

from missions.values.plan import Plan


def encode_plan(plan: Plan) -> bytes:
    """Return the plan as JSON; polygons as WKT."""
    return msgspec.json.encode(plan, enc_hook=_encode)


def decode_plan(content: bytes) -> Plan:
    """Return the plan of `encode_plan`; raises msgspec.DecodeError or ValidationError for anything else."""
    return msgspec.json.decode(content, type=Plan, dec_hook=_decode)


def _encode(value: Any) -> str | float:
    if isinstance(value, Polygon):
        return shapely.to_wkt(value, rounding_precision=8)
    if isinstance(value, float):  # NumPy's float64 is one
        return float(value)
    message = f"{type(value).__name__} has no place in a plan"
    raise TypeError(message)


def _decode(kind: type, value: Any) -> Any:
    if kind is Polygon and isinstance(value, str):
        return shapely.from_wkt(value)
    message = f"{kind.__name__} has no place in a plan"
    raise TypeError(message)
