"""Every operation under made-up input, signed in: no fault of ours, and answers as the OpenAPI document says."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, settings
from schemathesis.checks import CHECKS

from tests.town_office.conftest import SignedIn, open_office

EXAMPLES = 25
NAMED_CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
)
