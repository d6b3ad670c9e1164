"""Every operation under made-up input, signed in: no fault of ours, and answers as the OpenAPI document says."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, seed, settings
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.result import Ok

from tests.town_office.background_office import BackgroundOffice, background_office
from tests.town_office.filling import fill

EXAMPLES = 20
# Signing out would end the session under test; it has tests of its own.
LEFT_OUT = {("DELETE", "/api/session")}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackgroundOffice]:
    folder = tmp_path_factory.mktemp("office")
    fill(folder, pictures=3)
    with background_office(folder) as running:
        yield running


def checks() -> list[Any]:
    load_all_checks()
    return list(
        CHECKS.get_by_names(
            ["not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance"]
        )
    )


def explore(office: BackgroundOffice, operation: APIOperation[Any, Any, Any, Any], mode: GenerationMode) -> set[int]:
    """Call one operation with made-up input, check each answer, and return the statuses that were seen."""
    statuses: set[int] = set()
    named = checks()

    @seed(34)
    @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode))
    def try_case(case: Case[Any]) -> None:
        answer = case.call(base_url=office.address, headers=office.headers, cookies=office.cookies)
        statuses.add(answer.status_code)
        case.validate_response(answer, checks=named)

    try_case()
    return statuses


@pytest.mark.timeout(240)
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_every_operation_answers_as_documented(office: BackgroundOffice, mode: GenerationMode) -> None:
    statuses: dict[str, set[int]] = {}
    for found in schemathesis.openapi.from_dict(office.document).get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()
        method, path = operation.method.upper(), operation.path
        can_be_wrong = bool(operation.body or operation.query or operation.path_parameters)
        if (method, path) not in LEFT_OUT and (mode is GenerationMode.POSITIVE or can_be_wrong):
            statuses[f"{method} {path}"] = explore(office, operation, mode)
    assert len(statuses) >= 10
    if mode is GenerationMode.POSITIVE:
        assert all(200 in seen for name, seen in statuses.items() if name.startswith("GET") and "{" not in name)
        assert 201 in statuses["POST /api/people"]
