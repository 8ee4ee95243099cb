"""The panel's rota (7): a plain table that operators, and nobody else, edit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chatserver.clock import BEIJING
from tests.cast import CHEN, FENG, HE, HUANG, QIAN, TANG, WANG, Person

from .conftest import Desk

ROTA = "/api/v1/operator/rota"
HOUR = timedelta(hours=1)


def at(span: timedelta) -> str:
    return (datetime.now(UTC) + span).isoformat()


async def call(desk: Desk, method: str, path: str, person: Person = FENG, **more: Any) -> Any:
    headers = await desk.bearer(person)
    answer = await desk.call(method, path, headers=headers, **more)
    told = await answer.json() if "json" in answer.content_type else None
    return answer.status, told


def shift(**changes: Any) -> dict[str, Any]:
    return {"staff_no": QIAN.staff_no, "starts_at": at(-HOUR), "ends_at": at(HOUR)} | changes


async def test_a_shift_is_put_on_the_rota_and_taken_off(desk: Desk) -> None:
    status, told = await call(desk, "POST", ROTA, json=shift())
    assert status == 201
    [one] = told["items"]
    assert (one["staff_no"], one["name"], one["now"]) == ("E0001", "钱教授", True)
    assert [it["staff_no"] for it in told["panel"]] == ["E0001"]
    assert (await call(desk, "DELETE", f"{ROTA}/{one['id']}"))[0] == 204
    assert (await call(desk, "GET", ROTA))[1]["items"] == []
    assert (await call(desk, "DELETE", f"{ROTA}/{one['id']}"))[0] == 404


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"ends_at": at(-HOUR)}, 400, "invalid"),
        ({"starts_at": at(2 * HOUR), "ends_at": at(HOUR)}, 400, "invalid"),
        ({"ends_at": at(800 * HOUR)}, 400, "invalid"),
        ({"starts_at": "2026-11-23T10:00:00"}, 400, "invalid"),
        ({"starts_at": "morgen"}, 400, "invalid"),
        ({"starts_at": "0001-01-01T00:00:00+14:00"}, 400, "invalid"),
        ({"ends_at": "9999-12-31T23:59:59-12:00"}, 400, "invalid"),
        ({"surprise": 1}, 400, "invalid"),
        ({"staff_no": CHEN.staff_no}, 404, "not_found"),
        ({"staff_no": "E9999"}, 404, "not_found"),
    ],
)
async def test_a_wrong_shift_is_refused_and_nothing_changes(
    desk: Desk, changes: dict[str, Any], status: int, code: str
) -> None:
    found, told = await call(desk, "POST", ROTA, json=shift(**changes))
    assert (found, told["code"]) == (status, code)
    assert (await call(desk, "GET", ROTA))[1]["items"] == []


async def test_nobody_is_on_rota_twice_at_once(desk: Desk) -> None:
    assert (await call(desk, "POST", ROTA, json=shift()))[0] == 201
    assert (await call(desk, "POST", ROTA, json=shift()))[0] == 409
    after = shift(starts_at=at(2 * HOUR), ends_at=at(3 * HOUR))
    assert (await call(desk, "POST", ROTA, json=after))[0] == 201


@pytest.mark.parametrize("person", [WANG, CHEN, QIAN, HUANG, TANG, HE], ids=lambda one: one.role)
async def test_the_rota_is_the_operators_alone(desk: Desk, person: Person) -> None:
    for method, path, more in (
        ("GET", ROTA, {}),
        ("POST", ROTA, {"json": shift()}),
        ("DELETE", f"{ROTA}/1", {}),
        ("GET", "/admin/rota", {}),
    ):
        status, told = await call(desk, method, path, person, **more)
        assert status == 403, (method, path, told)


async def test_the_page_works_without_javascript(desk: Desk) -> None:
    form = {"csrf": (await desk.cookie(FENG))["X-CSRF-Token"]}
    headers = {"Origin": desk.origin}
    begins = (datetime.now(BEIJING) + HOUR).strftime("%Y-%m-%dT%H:%M")
    ends = (datetime.now(BEIJING) + 3 * HOUR).strftime("%Y-%m-%dT%H:%M")
    added = await desk.call(
        "POST",
        "/admin/rota",
        headers=headers,
        data=form | {"do": "add", "staff_no": "E0001", "starts_at": begins, "ends_at": ends},
    )
    assert (added.status, added.headers["Location"]) == (303, "/admin/rota?done=added")
    page = await (await desk.call("GET", "/admin/rota?done=added")).text()
    assert "钱教授" in page and "班次已加入。" in page
    again = await desk.call(
        "POST",
        "/admin/rota",
        headers=headers,
        data=form | {"do": "add", "staff_no": "E0001", "starts_at": begins, "ends_at": ends},
    )
    assert again.status == 409 and "已有排班" in await again.text()
    empty = await desk.call(
        "POST", "/admin/rota", headers=headers, data=form | {"do": "add", "staff_no": "E0001"}
    )
    assert empty.status == 400 and "请填写日期和时间" in await empty.text()
    dropped = await desk.call(
        "POST", "/admin/rota", headers=headers, data=form | {"do": "drop", "id": "x"}
    )
    assert dropped.status == 404
