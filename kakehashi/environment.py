"""Settings as environment variables, to hand them to a service that is started as a process of its own."""

import json
from collections.abc import Mapping
from typing import Any

from kakehashi.settings import Settings


def environment_of(settings: Settings) -> dict[str, str]:
    """Return variables from which `load_settings` makes the same settings."""
    return dict(_flatten("KAKEHASHI", settings.model_dump(mode="json")))


def _flatten(prefix: str, values: Mapping[str, Any]) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for name, value in values.items():
        separator = "_" if prefix == "KAKEHASHI" else "__"
        key = f"{prefix}{separator}{name.upper()}"
        if isinstance(value, dict):
            pairs += _flatten(key, value)
        elif value is not None:
            pairs.append((key, value if isinstance(value, str) else json.dumps(value)))
    return pairs
