"""Asked again (29) and asked with a case number (31), over the socket and the whole road."""

from __future__ import annotations

from dataclasses import replace

from chatserver.config import Config
from tests.cast import CHEN, LI, WANG
from tests.clients import Running, Seat, ask, meet, running

WAGES = "我在一家餐馆做了半年服务员，老板拖欠三个月工资一直不给，应该去哪里投诉？"
NEARLY = "请问我在餐馆做了半年服务员，老板拖欠三个月工资一直不给，应当去哪里投诉？"
OPEN = {
    "kind": "message",
    "category": "labour",
    "on_behalf_of": "self",
    "in_litigation": False,
}


async def answered(server: Running) -> tuple[Seat, str]:
    """Wang, and the number of an answered ticket of hers."""
    wang, chen = await server.sit(WANG), await server.sit(CHEN)
    number = await meet(wang, chen, body=WAGES)
    answer = "可以向劳动监察部门投诉，也可以申请劳动仲裁。"
    await chen.ok("ticket:answer", number=number, id="a-1", body=answer)
    return wang, number


async def test_a_repeat_is_refused_with_the_answer_and_opens_with_a_reason(
    server: Running,
) -> None:
    wang, number = await answered(server)
    error = await wang.refused("ticket:open", id="q-2", body=NEARLY, **OPEN)
    assert (error["code"], error["article"]) == ("repeated", 29)
    assert error["details"]["number"] == number
    assert error["details"]["answer"] == "可以向劳动监察部门投诉，也可以申请劳动仲裁。"
    same = {"number": number, "because": "same"}
    assert (await wang.refused("ticket:open", id="q-2", body=NEARLY, earlier=same, **OPEN))[
        "code"
    ] == "repeated"
    new = {"number": number, "because": "new_facts"}
    await wang.ok("ticket:open", id="q-2", body=NEARLY, earlier=new, **OPEN)
    assert len((await wang.ok("ticket:list"))["tickets"]) == 2


async def test_another_citizen_may_ask_the_very_same(server: Running) -> None:
    await answered(server)
    li = await server.sit(LI)
    await li.ok("ticket:open", id="q-1", body=WAGES, **OPEN)


async def test_an_unanswered_question_may_be_asked_again(server: Running) -> None:
    wang = await server.sit(WANG)
    await ask(wang, "q-1", body=WAGES)
    await ask(wang, "q-2", body=WAGES)


async def test_the_first_acknowledgement_of_an_id_outranks_the_check(server: Running) -> None:
    wang, number = await answered(server)
    again = await ask(wang, "q-1", body=WAGES)
    assert again == number


async def test_a_case_number_is_asked_about_and_then_opens(config: Config, dsn: str) -> None:
    async with running(replace(config, identity="none"), dsn) as server:
        wang = await server.sit(WANG, lang="en")
        body = "邻居说他的案号是(2026)京0105民初123号，我能去旁听吗？"
        error = await wang.refused("ticket:open", id="q-1", body=body, **OPEN)
        assert (error["code"], error["article"]) == ("in_litigation", 31)
        assert error["details"]["case_numbers"] == ["(2026)京0105民初123号"]
        assert "case number" in error["message"]
        await wang.ok("ticket:open", id="q-1", body=body, case_number_is_not_mine=True, **OPEN)
