"""What the server says of itself: the documents hold together and name every call and event."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import msgspec
import pytest

from chatserver import imports
from chatserver.live.server import NAMESPACES
from chatserver.pages import routes
from chatserver.rules.articles import STATUS
from chatserver.store import migrate
from tests.journeys import shapes

from .conftest import Desk


async def document(desk: Desk, name: str) -> dict[str, Any]:
    answer = await desk.call("GET", f"/api/v1/{name}.json")
    assert answer.status == 200 and answer.content_type == "application/json"
    given: dict[str, Any] = await answer.json()
    return given


def references(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return own + [ref for inner in value.values() for ref in references(inner)]
    if isinstance(value, list):
        return [ref for inner in value for ref in references(inner)]
    return []


def resolve(told: dict[str, Any], reference: str) -> Any:
    found: Any = told
    for part in reference.removeprefix("#/").split("/"):
        found = found[part.replace("~1", "/")]
    return found


@pytest.mark.parametrize("name", ["openapi", "asyncapi"])
async def test_every_reference_in_a_document_leads_somewhere(desk: Desk, name: str) -> None:
    told = await document(desk, name)
    found = references(told)
    assert found
    for reference in found:
        resolve(told, reference)


async def test_openapi_tells_the_fields_of_every_file_that_can_be_imported(desk: Desk) -> None:
    schemas = (await document(desk, "openapi"))["components"]["schemas"]
    for what, struct in imports.LINES.items():
        schema = schemas[struct.__name__]
        line = msgspec.json.decode(imports.EXAMPLES[what], type=struct)
        assert set(schema["properties"]) == set(msgspec.to_builtins(line))
        assert f"chatserver import {what}" in schema["description"]
        assert all(it.get("description") for it in schema["properties"].values())


async def test_openapi_names_every_call_of_the_route_table_and_no_other(desk: Desk) -> None:
    told = await document(desk, "openapi")
    assert told["openapi"] == "3.1.0"
    given = {(method.upper(), path) for path, ops in told["paths"].items() for method in ops}
    assert given == {(route.method, route.path) for route in routes.ROUTES if route.summary}
    names = [op["operationId"] for ops in told["paths"].values() for op in ops.values()]
    assert len(names) == len(set(names))
    for path, operations in told["paths"].items():
        for operation in operations.values():
            named = {p["name"] for p in operation.get("parameters", ()) if p["in"] == "path"}
            assert named == set(re.findall(r"\{(\w+)\}", path))
            assert operation["responses"]["default"] and operation["x-roles"]
            assert all(re.fullmatch(r"\d{3}|default", status) for status in operation["responses"])


async def test_openapi_is_made_of_the_structs_that_validate(desk: Desk) -> None:
    schemas = (await document(desk, "openapi"))["components"]["schemas"]
    assert schemas["SignIn"]["additionalProperties"] is False
    assert set(schemas["SignIn"]["required"]) == {"login", "password"}
    assert "clock" in schemas["TicketObject"]["properties"]
    assert schemas["Tickets"]["properties"]["items"]["items"]["$ref"].endswith("TicketObject")


async def test_asyncapi_names_every_event_that_is_served(desk: Desk) -> None:
    told = await document(desk, "asyncapi")
    assert told["asyncapi"] == "3.0.0"
    received: dict[str, set[str]] = {}
    for operation in told["operations"].values():
        channel = resolve(told, operation["channel"]["$ref"])
        assert operation["action"] in ("send", "receive")
        for reference in operation["messages"]:
            message = resolve(told, reference["$ref"])
            if operation["action"] == "receive":
                received.setdefault(channel["address"], set()).add(message["name"])
                assert resolve(told, operation["reply"]["messages"][0]["$ref"])
    assert received == {space: set(verbs) for space, (_, verbs) in NAMESPACES.items() if verbs}


#: What each namespace is told (contract, section 4).
TOLD = "message:new message:update message:read message:typing ticket:update server:draining"
PUSHED = {
    "/citizen": {*TOLD.split(), "queue:update"},
    "/lawyer": {
        *TOLD.split(),
        *("ticket:offer", "ticket:withdrawn_offer", "duty:update", "note:new", "support:reply"),
        *("deadline:warning", "review:new", "callback:due"),
    },
    "/expert": {"escalation:new", "escalation:update"},
}


async def test_asyncapi_names_every_push_of_the_contract_with_its_form(desk: Desk) -> None:
    told = await document(desk, "asyncapi")
    forms: dict[tuple[str, str], Any] = {}
    for operation in told["operations"].values():
        if operation["action"] == "send":
            space = resolve(told, operation["channel"]["$ref"])["address"]
            message = resolve(told, operation["messages"][0]["$ref"])
            forms[space, message["name"]] = resolve(told, message["payload"]["$ref"])
    for space, names in PUSHED.items():
        assert names <= {name for where, name in forms if where == space}, space
    for (space, name), form in forms.items():
        shape = shapes.PUSHES[name]
        always = {field for field in shape if not field.endswith("?")}
        assert set(form["required"]) == always, (space, name)
        assert set(form["properties"]) == {field.rstrip("?") for field in shape}, (space, name)


async def test_asyncapi_tells_all_that_an_acknowledgement_holds(desk: Desk) -> None:
    told = await document(desk, "asyncapi")
    for space, acks in (
        ("/citizen", shapes.ACKS),
        ("/lawyer", shapes.ACKS),
        ("/expert", shapes.EXPERT_ACKS),
    ):
        messages = told["channels"][space.strip("/")]["messages"]
        for name in NAMESPACES[space][1]:
            good, _ = messages[f"{name.replace(':', '_')}_ack"]["payload"]["oneOf"]
            assert set(good["properties"]) == {"ok", *acks[name]}, (space, name)


@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_the_page_shows_every_call_event_and_code(desk: Desk, lang: str) -> None:
    text = await (await desk.call("GET", f"/api/docs?lang={lang}")).text()
    for route in routes.ROUTES:
        if route.summary:
            assert f"{route.method} {route.path}" in text
    for _, verbs in NAMESPACES.values():
        assert all(name in text for name in verbs)
    assert all(f'id="error-{code}"' in text for code in STATUS)
    anchors = set(re.findall(r'href="#([^"]+)"', text))
    ids = re.findall(r'id="([^"]+)"', text)
    assert anchors <= set(ids) and len(ids) == len(set(ids))


async def test_a_running_service_says_how_it_is(desk: Desk) -> None:
    alive = await desk.call("GET", "/healthz")
    assert (alive.status, await alive.json()) == (200, {"alive": True})
    ready = await desk.call("GET", "/readyz")
    parts = {"database": True, "migrations": True, "draining": False}
    assert (ready.status, await ready.json()) == (
        200,
        {"ready": True, "parts": parts, "broker": "none"},
    )
    desk.server.house.draining = True
    assert (await desk.call("GET", "/readyz")).status == 503
    metrics = await desk.call("GET", "/metrics")
    assert metrics.content_type == "text/plain"
    assert 'chatserver_http_requests_total{route="/readyz",status="503"}' in await metrics.text()


async def test_missing_migrations_are_not_ready(desk: Desk) -> None:
    owner = await desk.server.database.owner()
    await owner.execute("delete from schema_migrations where name like '0003%'")
    await owner.close()
    ready = await desk.call("GET", "/readyz")
    assert ready.status == 503
    assert (await ready.json())["parts"]["migrations"] is False


async def test_a_crowd_that_asks_for_readiness_is_one_look_at_the_database(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = []
    pending = migrate.pending

    async def counted(dsn: str) -> list[str]:
        looks.append(dsn)
        return await pending(dsn)

    monkeypatch.setattr(migrate, "pending", counted)
    answers = await asyncio.gather(*(desk.call("GET", "/readyz") for _ in range(50)))
    assert {answer.status for answer in answers} == {200}
    assert len(looks) < 10


async def test_figures_name_no_person_and_no_ticket(desk: Desk) -> None:
    await desk.call("GET", "/api/v1/tickets/BJ20261123-000042-5")
    await desk.call("GET", "/nobody/at/home")
    text = await (await desk.call("GET", "/metrics")).text()
    assert "BJ2026" not in text and "nobody" not in text
    assert 'route="/api/v1/tickets/{number}"' in text and 'route="unknown"' in text
