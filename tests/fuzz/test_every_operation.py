"""Everything the OpenAPI document allows, and much that it does not, is answered without a fault of our own."""

from dataclasses import dataclass

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given

from fakeqq.core.rest.rest import HANDLERS
from fakeqq.web.control.api import build
from fuzz.effort import effort
from fuzz.target import is_documented

# A stream has no end.
ENDLESS = ("/journal/stream",)
# A wait may last ten minutes, and a door of a world's own is a port for every example.
HARMLESS = {"timeout": 0, "own_door": False}

DOCUMENT = schemathesis.openapi.from_dict(build().openapi())
OPERATIONS = [found.ok() for found in DOCUMENT.get_all_operations()]
FINITE = [operation for operation in OPERATIONS if not operation.path.endswith(ENDLESS)]


@dataclass(frozen=True)
class Place:
    """A world with people in it, made for one operation: who the bot is, and names that exist."""

    headers: dict[str, str]
    ids: dict[str, str]


@pytest.fixture
def place(target):
    _, world = target.control("POST", "/worlds")
    path = f"/worlds/{world['app_id']}"
    _, group = target.control("POST", f"{path}/groups")
    _, said = target.control("POST", f"{path}/say", {"text": "hi"})
    target.control("POST", f"{path}/say", {"text": "hi", "guild": "4194304", "channel": "77"})
    ids = {
        "app_id": world["app_id"], "openid": said["user"], "group_openid": group["group_openid"],
        "group": group["group_openid"], "message_id": said["message_id"], "guild_id": "4194304", "channel_id": "77",
    }  # fmt: skip
    return Place({"authorization": f"QQBot {target.token(world)}"}, ids)


@pytest.fixture(scope="module")
def session():
    with requests.Session() as kept:
        yield kept


@pytest.mark.parametrize("operation", FINITE, ids=lambda operation: operation.label)
def test_no_answer_is_a_fault_of_our_own(operation, target, place, session):
    @effort(3, unhealthy=HealthCheck)
    @given(case=operation.as_strategy())
    def ask_twice(case):
        """As a stranger, and as the bot about things that exist."""
        if isinstance(case.body, dict):
            case.body |= {name: value for name, value in HARMLESS.items() if name in case.body}
        ask(case, {})
        case.path_parameters = {
            name: place.ids.get(name, value) for name, value in (case.path_parameters or {}).items()
        }
        ask(case, place.headers)

    def ask(case, headers):
        answer = case.call(base_url=target.ready["api_base"], headers=headers, session=session, timeout=20)
        assert is_documented(answer.status_code, answer.content), (answer.status_code, answer.text)

    ask_twice()
    assert target.complaints.records == []


def test_the_document_lists_every_modelled_operation():
    listed = {operation.label for operation in OPERATIONS}
    assert listed >= {*HANDLERS, "POST /app/getAppAccessToken"}


def test_a_modelled_operation_is_listed_with_its_refusals():
    operation = build().openapi()["paths"]["/interactions/{interaction_id}"]["put"]
    assert {"200", "401", "default"} <= set(operation["responses"])
    assert "11298" in operation["responses"]["401"]["description"]
    assert operation["security"] == [{"accessToken": []}]
