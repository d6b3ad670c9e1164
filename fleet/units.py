"""Conversions between what the wire says and SI units."""

STANDARD_GRAVITY_MPS2 = 9.80665
SECONDS_PER_HOUR = 3600.0


def degrees_from_e7(value: int) -> float:
    """Return degrees of MAVLink's degrees × 1e7."""
    return value / 1e7


def e7_from_degrees(value_deg: float) -> int:
    """Return MAVLink's degrees × 1e7, rounded to nearest."""
    return round(value_deg * 1e7)
