"""Settings as environment variables, to hand them to a service that is started as a process of its own."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from kakehashi.settings import Settings
from kakehashi.variables import CONFIG_VARIABLE, variable_of, without_settings


def environment_of(settings: Settings, around: Mapping[str, str]) -> dict[str, str]:
    """Return an environment in which `load_settings` makes the same settings, wherever it looks for a file.

    All that is not a setting is taken from `around`. What is not set has no variable, so neither a variable of `around`
    nor a settings file may be left to set it.
    """
    return {**without_settings(around), **dict(_flatten(settings.model_dump(mode="json"))), CONFIG_VARIABLE: ""}


def _flatten(values: Mapping[str, Any], section: str = "") -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        if isinstance(value, dict):
            yield from _flatten(value, f"{section}{name}.")
        elif value is not None:
            yield variable_of(section + name), value if isinstance(value, str) else json.dumps(value)
