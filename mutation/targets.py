"""Which modules are mutated, and the quick tests that must notice."""

from collections.abc import Mapping

_FLIGHT = "tests/ground_station/flight"
_SERVICE = "tests/ground_station/service"

TARGETS: Mapping[str, tuple[str, ...]] = {
    "ground_station/flight/preflight/required_parameters.py": (
        f"{_FLIGHT}/preflight/test_required_parameters_table.py",
    ),
    "ground_station/flight/preflight/aircraft_checks.py": (f"{_FLIGHT}/preflight/test_limits_table.py",),
    "ground_station/flight/preflight/parameter_checks.py": (f"{_FLIGHT}/preflight/test_parameter_checks_table.py",),
    "ground_station/flight/preflight/drill_wall.py": (f"{_FLIGHT}/preflight/test_realm_table.py",),
    "ground_station/flight/preflight/system_id.py": (f"{_FLIGHT}/preflight/test_realm_table.py",),
    "ground_station/flight/protocols/comparison.py": (f"{_FLIGHT}/protocols/test_readback_table.py",),
    "ground_station/flight/order.py": (f"{_FLIGHT}/test_order_age_table.py",),
    "ground_station/flight/flights.py": (f"{_FLIGHT}/test_word_to_fly_table.py", f"{_FLIGHT}/test_flights.py"),
    "ground_station/flight/judge.py": (f"{_FLIGHT}/test_word_to_fly_table.py",),
    "ground_station/service/delivery.py": (
        f"{_SERVICE}/test_ready_table.py",
        f"{_SERVICE}/test_delivery_course_table.py",
    ),
    "ground_station/service/may_fly.py": (f"{_SERVICE}/test_ready_table.py", f"{_SERVICE}/test_may_fly_table.py"),
    "ground_station/service/flight_of_plan.py": (f"{_SERVICE}/test_flight_figures_table.py",),
    "telemetry/engine_sql.py": ("tests/telemetry/test_engine_sql.py", "tests/telemetry/test_durable_sqlite.py"),
    "telemetry/outbox_sqlite.py": (
        "tests/telemetry/test_durable_sqlite.py",
        "tests/telemetry/test_outbox_file.py",
        "tests/telemetry/test_outbox.py",
        "tests/telemetry/test_outbox_sqlite.py",
    ),
}
"""Module → its tests: no network, no waiting, a second or two in all."""
