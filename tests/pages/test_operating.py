"""How a ticket stands, and what the operator on duty does about it (23, 26), over HTTP; the talk is not shown (25)."""

from __future__ import annotations

import pytest

from chatserver.clock import Clock
from chatserver.rules import answering, experts
from chatserver.rules.question import Question
from chatserver.store import desks, presence, tickets
from tests.cast import CHEN, FENG, HUANG, LIU, QIAN, TANG, WANG, ZHOU

from .conftest import Desk
from .test_alerts import alerts, run
from .test_backstage import act, actor, employ, held, on_duty, told
from .test_tickets import opened

PATH = "/operator/tickets/{}"


async def claimed(desk: Desk) -> str:
    """A late ticket of Chen's whose question Qian has claimed and left."""
    number = await held(desk)
    await run(desk, number, 0.81, 1.01, 1.51)
    await act(desk, "panel", experts.claim, number, QIAN, f"{number}.1")
    return number


async def test_an_alert_leads_to_how_the_ticket_stands_without_a_word_of_the_talk(
    desk: Desk,
) -> None:
    await employ(desk, HUANG, CHEN)
    number = await claimed(desk)
    [alert] = await alerts(desk, FENG)
    assert (alert["kind"], alert["href"]) == ("overdue", f"/admin/tickets/{number}")
    assert [one["href"] for one in await alerts(desk, HUANG)] == ["#clocks"]
    status, seen = await told(desk, FENG, PATH.format(number))
    assert (status, seen["state"], seen["category"]) == (200, "active", "labour")
    assert seen["holder"]["staff_no"] == "L0001" and not seen["holder"]["connected"]
    assert seen["clock"]["late"] and seen["may"] == ["release", "offer", "forward"]
    assert seen["escalation"]["claimed"]["staff_no"] == "E0001"
    assert seen["escalation"]["claimed"]["since"] and seen["lawyers"] == []
    ticket = await tickets.find(desk.server.database, number)
    assert ticket is not None and ticket.title and ticket.title not in str(seen)
    assert "拖欠" not in str(seen)
    assert (await told(desk, FENG, f"/tickets/{number}"))[0] == 403


async def test_it_is_the_operators_alone_and_none_is_not_there(desk: Desk) -> None:
    number = await held(desk)
    for person in (WANG, CHEN, QIAN, HUANG, TANG):
        assert (await told(desk, person, PATH.format(number)))[0] == 403
        assert (await told(desk, person, "/operator/offers", number=number))[0] == 403
        wish = {"number": number, "staff_no": "E0001"}
        assert (await told(desk, person, "/operator/releases", **wish))[0] == 403
    assert (await told(desk, FENG, PATH.format("BJ20261123-999999-1")))[0] in (400, 404)


async def test_a_claim_ends_in_the_panels_list_and_under_the_operators_number(desk: Desk) -> None:
    number = await claimed(desk)
    wish = {"number": number, "staff_no": "E0001", "reason": "下班未处理"}
    status, seen = await told(desk, FENG, "/operator/releases", **wish)
    assert (status, seen["escalation"]["state"], seen["escalation"]["claimed"]) == (
        201,
        "open",
        None,
    )
    row = await desks.escalation(desk.server.database, f"{number}.1")
    assert (row["state"], row["claimed_by"]) == ("open", None)
    async with desk.server.database.use() as connection:
        last = await connection.fetchrow(
            "select kind, actor from journal where ticket = $1 order by entry desc limit 1", number
        )
    assert tuple(last) == ("escalation_passed", "S0002")
    assert (await told(desk, FENG, "/operator/releases", **wish))[0] == 409


async def test_a_late_question_goes_to_a_lawyer_on_duty(desk: Desk) -> None:
    number = await claimed(desk)
    wish = {"number": number, "staff_no": "L0003"}
    status, refused = await told(desk, FENG, "/operator/offers", **wish)
    assert (status, refused["details"]) == (409, {"state": "active"}), "not on duty"
    nothing = wish | {"number": "BJ20261123-000999-X"}
    assert (await told(desk, FENG, "/operator/offers", **nothing))[0] in (400, 404)
    for lawyer in (LIU, ZHOU):
        await on_duty(desk, lawyer)
    await presence.renew(desk.server.database, "test", {"L0002": 1, "L0003": 1}, Clock().now())
    _, seen = await told(desk, FENG, PATH.format(number))
    assert [(one["staff_no"], one["suits"]) for one in seen["lawyers"]] == [
        ("L0003", True),
        ("L0002", False),
    ]
    status, seen = await told(desk, FENG, "/operator/offers", **wish)
    assert (status, seen["state"], seen["offered"]["staff_no"]) == (201, "queued", "L0003")
    await act(desk, "accept", answering.accept, number, ZHOU)
    ticket = await tickets.find(desk.server.database, number)
    assert ticket is not None and ticket.assignee == "L0003"


async def test_what_waits_goes_to_the_head_of_the_queue(desk: Desk) -> None:
    casework = desk.server.casework
    numbers = []
    for turn, citizen in enumerate((WANG, WANG)):
        live = Question(f"l-{turn}", "live", "labour", f"工资{turn}")
        outcome = await casework.open(await actor(desk, citizen), live, b"")
        numbers.append(outcome.ticket.number)
    assert (await told(desk, FENG, PATH.format(numbers[1])))[1]["queue"]["position"] == 2
    status, seen = await told(desk, FENG, "/operator/offers", number=numbers[1])
    assert (status, seen["queue"]["position"], seen["may"]) == (201, 1, ["offer"])
    written = await opened(desk, WANG, 2)
    assert (await told(desk, FENG, "/operator/offers", number=written))[0] == 409


@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_the_page_works_by_forms_alone(desk: Desk, lang: str) -> None:
    number = await claimed(desk)
    path, origin = f"/admin/tickets/{number}", {"Origin": desk.origin}
    headers = await desk.cookie(FENG)
    page = await (await desk.call("GET", f"{path}?lang={lang}")).text()
    assert number in page and "E0001" in page and "拖欠" not in page
    assert f'href="{path}"' in await (await desk.call("GET", "/admin")).text()
    form = {"csrf": headers["X-CSRF-Token"], "do": "release", "staff_no": "E0001", "reason": ""}
    answer = await desk.call("POST", path, data=form, headers=origin)
    assert (answer.status, answer.headers["Location"]) == (303, f"{path}?done=released")
    form = {"csrf": headers["X-CSRF-Token"], "do": "offer", "staff_no": "L0002"}
    refused = await desk.call("POST", path, data=form, headers=origin)
    assert refused.status == 409 and number in await refused.text()
    form = {"csrf": headers["X-CSRF-Token"], "do": "forward"}
    answer = await desk.call("POST", path, data=form, headers=origin)
    assert answer.headers["Location"] == f"{path}?done=forward"
    ticket = await tickets.find(desk.server.database, number)
    assert ticket is not None and ticket.front and ticket.assignee is None
    assert (await desk.call("GET", "/admin/tickets/nothing")).status in (400, 404)
