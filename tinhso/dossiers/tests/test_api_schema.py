"""The description of the API is true, and nothing that fits it or does not breaks the server."""

import json

import pytest
import schemathesis
from django.core import signals
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, settings
from schemathesis import checks
from schemathesis.specs.openapi.checks import response_schema_conformance

from config.wsgi import application
from tinhso.dossiers.testing import build_office, filed, publish
from tinhso.dossiers.tests.api_client import System
from tinhso.kernel.api import api, open_api

open_api()
DESCRIPTION = json.loads(json.dumps(api.get_openapi_schema(), default=str))
schema = schemathesis.openapi.from_dict(DESCRIPTION)
schema.app = application


@pytest.fixture
def system(db):
    office = build_office()
    filed(office, publish())
    # The server itself, in this test's transaction: it must not close the connection after each answer.
    kept = (signals.request_started, signals.request_finished)
    for signal in kept:
        signal.disconnect(close_old_connections)
    yield System("thu", [office.commune])
    for signal in kept:
        signal.connect(close_old_connections)


@schema.parametrize()
@settings(max_examples=6, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck), derandomize=True, database=None)
def test_no_request_breaks_the_server(case, system):
    if "code" in (case.path_parameters or {}) and case.operation.path.startswith("/api/v1/dossiers"):
        case.path_parameters["code"] = "H47.31.01-240415-0001"
    answer = case.call(headers={"Authorization": f"Bearer {system.key}"})
    assert answer.status_code < 500, answer.text
    case.validate_response(answer, checks=[checks.not_a_server_error, response_schema_conformance])


def test_the_description_is_served_and_says_what_it_is(client):
    answer = client.get("/api/v1/openapi.json")
    assert (answer.status_code, answer.json()["openapi"], answer.json()["info"]["title"]) == (200, "3.1.0", "Tỉnh Số")
    operations = [one for methods in answer.json()["paths"].values() for one in methods.values()]
    assert len({one["operationId"] for one in operations}) == len(operations)
    assert all(one["summary"] and one["security"] for one in operations)
