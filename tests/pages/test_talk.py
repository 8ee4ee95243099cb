"""A consultation without JavaScript: what its citizen may still say and do there (23, 27, 29)."""

from __future__ import annotations

import re

from chatserver.rules import answering, promising, refusing, reviewing
from chatserver.store import tickets as store
from tests.cast import CHEN, LI, WANG

from .conftest import Desk
from .test_backstage import act, held
from .test_consult import filed, tickets

ASKED = "您和公司签过书面合同吗？"
SAID = "没有签过，\r\n但有工资条。"


async def post(desk: Desk, number: str, **form: str) -> tuple[int, str, str]:
    """Posts a form of the page as the browser would; status, where it leads, what it says."""
    page = await shown(desk, number)
    given = {name: value for name in ("id", "csrf") if (value := field(page, name))}
    answer = await desk.call(
        "POST",
        f"/consult?number={number}",
        data=given | form,
        headers={"Origin": desk.origin},
    )
    return answer.status, answer.headers.get("Location", ""), await answer.text()


async def shown(desk: Desk, number: str) -> str:
    return await (await desk.call("GET", f"/consult?number={number}&lang=zh")).text()


def field(page: str, name: str) -> str:
    found = re.search(rf'<input type="hidden" name="{name}" value="([^"]+)">', page)
    return found[1] if found else ""


async def said(desk: Desk, number: str) -> list[tuple[str, str]]:
    """Who said what, by the record."""
    database = desk.server.database
    ticket = await store.find(database, number)
    assert ticket is not None
    records = await store.talk(database, ticket, 0, ticket.last_seq, 100)
    return [(record.event.by, record.event.body) for record in records]


async def test_a_question_back_is_shown_and_answered_there_and_its_clock_goes_on(
    desk: Desk,
) -> None:
    number = await held(desk)
    await act(desk, "ask", promising.ask, number, CHEN, "q-1", ASKED)
    await desk.cookie(WANG)
    page = await shown(desk, number)
    assert f'<blockquote class="kept">{ASKED}</blockquote>' in page and "等您补充情况" in page
    assert "等您补充情况" in await (await desk.call("GET", "/consult?list=1&lang=zh")).text()
    form = {"id": field(page, "id"), "do": "reply", "body": SAID}
    status, place, _ = await post(desk, number, **form)
    assert status == 303 and re.fullmatch(rf"/consult\?number={number}#said-\d+", place)
    assert (await post(desk, number, **form))[:2] == (status, place), "sent twice, said once"
    assert [body for who, body in await said(desk, number) if who == "citizen"][1:] == [
        SAID.replace("\r\n", "\n")
    ]
    page = await shown(desk, number)
    assert "<blockquote" not in page and "等您补充情况" not in page
    [ticket] = await tickets(desk)
    assert ticket["clock"]["suspended"] is False and ticket["clock"]["due_at"]


async def test_what_is_asked_on_after_an_answer_starts_a_new_clock(desk: Desk) -> None:
    number = await held(desk)
    await act(desk, "answer", answering.answer, number, CHEN, "a-1", "可以申请仲裁。")
    await desk.cookie(WANG)
    assert "答复时限重新计算" in await shown(desk, number)
    assert (await post(desk, number, do="reply", body="去哪里申请？"))[0] == 303
    [ticket] = await tickets(desk)
    assert ticket["state"] == "active" and ticket["clock"]["kind"] == "message_answer"


async def test_a_refused_reply_says_why_in_words_and_keeps_the_text(desk: Desk) -> None:
    number = await held(desk)
    await desk.cookie(WANG)
    for form, status, says in (
        ({"body": " \n "}, 400, "内容不能为空"),
        ({"body": "写" * 10_001}, 413, "内容过长"),
        ({"body": "a\x00b"}, 400, "无法保存的字符"),
    ):
        refused, _, text = await post(desk, number, do="reply", **form)
        assert refused == status and says in text and 'id="reply-problem"' in text
        assert ">" + form["body"] in text
    assert len(await said(desk, number)) == 1
    first = {"do": "reply", "id": "form-1", "body": "先说这个"}
    assert (await post(desk, number, **first))[0] == 303
    status, _, text = await post(desk, number, **first | {"body": "再说那个"})
    assert status == 409 and "再按一次" in text and "再说那个" in text
    assert field(text, "id") not in ("", "form-1"), "pressed once more it is a line of its own"
    assert (await post(desk, number, do="dance"))[0] == 400
    desk.server.house.draining = True
    assert (await post(desk, number, do="reply", body="还在吗"))[0] == 503


async def test_what_comes_after_the_end_is_given_back(desk: Desk) -> None:
    number = await held(desk)
    await desk.cookie(WANG)
    await act(desk, "answer", answering.answer, number, CHEN, "a-1", "可以申请仲裁。")
    await act(desk, "close", answering.close, number, CHEN)
    assert 'name="body"' not in await shown(desk, number)
    headers = await desk.cookie(WANG)
    given = {"csrf": headers["X-CSRF-Token"], "do": "reply", "body": "还有一问"}
    status, _, text = await post(desk, number, **given)
    assert status == 409 and "还有一问" in text and "请先复制保存" in text


async def test_a_stranger_can_post_nothing_there_and_nor_can_another_site(desk: Desk) -> None:
    number = await held(desk)
    headers = await desk.cookie(LI)
    given = {"csrf": headers["X-CSRF-Token"], "body": "让我看看"}
    for do in ("reply", "confirm", "appeal"):
        assert (await post(desk, number, do=do, seq="1", **given))[0] == 404
    assert (await post(desk, "x", do="reply", **given))[0] == 400
    await desk.cookie(WANG)
    assert (await post(desk, number, do="reply", body="好", csrf="other"))[0] == 403
    assert len(await said(desk, number)) == 1


async def test_a_correction_is_confirmed_there_once(desk: Desk) -> None:
    number = await held(desk)
    outcome = await act(desk, "answer", answering.answer, number, CHEN, "a-1", "可以。")
    seq = outcome.own.seq
    put_right = await act(
        desk, "correct", reviewing.correct, number, CHEN, "c-1", "不可以。", seq, "引错条文"
    )
    by = put_right.own.seq
    await desk.cookie(WANG)
    page = await shown(desk, number)
    assert "我已看到更正" in page and field(page, "seq") == str(by)
    assert (await post(desk, number, do="confirm", seq=str(seq)))[0] == 400
    assert (await post(desk, number, do="confirm", seq="²"))[0] == 400
    for _ in range(2):
        status, place, _ = await post(desk, number, do="confirm", seq=str(by))
        assert (status, place) == (303, f"/consult?number={number}#said-{by}")
    page = await shown(desk, number)
    assert "我已看到更正" not in page and "您已确认看到更正" in page


async def test_a_refusal_is_appealed_there(desk: Desk) -> None:
    number = await held(desk)
    await desk.cookie(WANG)
    assert 'name="do" value="appeal"' not in await shown(desk, number)
    await act(desk, "refuse", refusing.refuse, number, CHEN, "in_litigation", None, None)
    page = await shown(desk, number)
    assert 'name="do" value="appeal"' in page and 'name="do" value="reply"' not in page
    status, _, text = await post(desk, number, do="appeal", body=" ")
    assert status == 400 and 'id="appeal-problem"' in text
    status, place, _ = await post(desk, number, do="appeal", body="没有在诉讼。")
    assert (status, place) == (303, f"/consult?number={number}#appeal")
    page = await shown(desk, number)
    assert "申诉已提交" in page and 'name="do" value="appeal"' not in page


async def test_who_is_not_satisfied_is_called_back_and_need_not_ask_again(desk: Desk) -> None:
    await desk.cookie(WANG)
    body = "公司拖欠我两个月工资一直不发，应当向哪个部门反映？"
    assert (await filed(desk, id="q-1", body=body))[0] == 303
    [ticket] = await tickets(desk)
    number = ticket["number"]
    assert 'name="do" value="unsatisfied"' not in await shown(desk, number)
    await act(desk, "claim", answering.claim, number, CHEN)
    await act(desk, "answer", answering.answer, number, CHEN, "a-1", "可以申请仲裁。")
    status, _, page = await filed(desk, id="q-2", body=body)
    assert status == 422 and f'action="/consult?number={number}#callback"' in page
    assert 'name="do" value="unsatisfied"' in page and 'value="not_satisfied"' in page
    for _again in range(2):
        status, place, _ = await post(desk, number, do="unsatisfied")
        assert (status, place) == (303, f"/consult?number={number}#callback")
        page = await shown(desk, number)
        assert 'id="callback" role="status"' in page and 'value="unsatisfied"' not in page
    [ticket] = await tickets(desk)
    assert ticket["satisfied"] is False and ticket["callback_due_at"]
    notices = [body for by, body in await said(desk, number) if "再次为您解答" in body]
    assert len(notices) == 1
    status, _, _ = await filed(desk, id="q-2", body=body, earlier=number, because="not_satisfied")
    assert status == 303 and len(await tickets(desk)) == 2
