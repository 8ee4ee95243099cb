"""Article 29: the same question again, against one's own answered ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chatserver.rules.articles import Refused
from chatserver.rules.asking import open_ticket
from chatserver.rules.events_talk import Offered
from chatserver.rules.question import Question
from chatserver.rules.refusing import refuse
from chatserver.rules.repeats import (
    Before,
    answered_before,
    is_checked,
    likeness,
    not_repeated,
)
from chatserver.rules.routing import OnDuty, Waiting, assign, explainer
from tests.rules.life import CHEN, FIGURES, START, WANG, Life, met, refusal

WAGES = "我在一家餐馆做了半年服务员，老板拖欠三个月工资一直不给，应该去哪里投诉？"
AGAIN = "您好，请问我在一家餐馆做了半年服务员,老板拖欠３个月工资一直不给,应当去哪里投诉呢？谢谢"
DIVORCE = "结婚五年，对方长期在外地工作，孩子一直由我带，离婚时孩子的抚养权怎么判？"


def before(body: str = WAGES, number: str = "BJ20261101-000001-1", **more: object) -> Before:
    values: dict[str, object] = {"answered_at": START, "answer": "可以向劳动监察部门投诉。"}
    return Before(number, body, **(values | more))


def test_the_same_question_again_is_shown_its_answer_and_the_ways_on() -> None:
    with pytest.raises(Refused) as refused:
        not_repeated(AGAIN, None, [before(DIVORCE, "BJ20261101-000002-X"), before()])
    assert (refused.value.code, refused.value.article) == ("repeated", 29)
    assert refused.value.details == {
        "number": "BJ20261101-000001-1",
        "answered_at": "2026-11-23T02:00:00.000Z",
        "answer": "可以向劳动监察部门投诉。",
        "choices": ["new_facts", "not_understood", "not_satisfied", "same"],
    }


@pytest.mark.parametrize("because", ["new_facts", "not_understood", "not_satisfied"])
def test_a_reason_opens_a_ticket(because: str) -> None:
    not_repeated(WAGES, because, [before()])


def test_saying_that_it_is_the_same_does_not() -> None:
    with pytest.raises(Refused):
        not_repeated(WAGES, "same", [before()])


def test_another_question_passes() -> None:
    not_repeated(DIVORCE, None, [before()])


def test_what_was_never_answered_is_no_repeat() -> None:
    not_repeated(WAGES, None, [before(answered_at=None)])


def test_an_upheld_appeal_opens_the_way() -> None:
    refused = before(AGAIN, "BJ20261102-000001-1", answered_at=None, allowed=True)
    not_repeated(WAGES, None, [refused, before()])


def test_nineteen_characters_are_never_a_repeat_and_twenty_are() -> None:
    assert is_checked("一" * 20, None) and not is_checked("一" * 19, None)
    not_repeated("一" * 19, None, [before("一" * 19)])
    with pytest.raises(Refused):
        not_repeated("一" * 20, None, [before("一" * 20)])


def test_width_case_punctuation_and_courtesy_do_not_count() -> None:
    assert likeness("ＡＢＣ公司，拖欠工资！", "abc公司拖欠工资") == 1
    assert likeness("您好，公司拖欠工资，请问怎么办？谢谢", "公司拖欠工资怎么办") == 1


def test_nothing_in_common_is_nothing() -> None:
    assert likeness("", "") == likeness("？！", "工资") == likeness(WAGES, "") == 0
    assert likeness(WAGES, DIVORCE) < 0.2


def test_long_texts_are_compared_quickly() -> None:
    long = WAGES * 300
    with pytest.raises(Refused):
        not_repeated(long, None, [before(long, answered_at=START + timedelta(1))] * 20)


SCHOOL = "BJ20261101-000002-X"


def rests_on(*of: Before, named: str | None = None, life: Life | None = None) -> str | None:
    """The ticket whose answer a lawyer's refusal of `AGAIN` comes with."""
    ticket = (life or met()).ticket
    found = answered_before(ticket, AGAIN, CHEN.staff_no, named, of)
    return found and found.number


def test_the_refusal_of_a_repeat_rests_on_the_nearest_earlier_answer() -> None:
    assert rests_on(before(DIVORCE, SCHOOL), before()) == before().number
    assert rests_on(before(WAGES[:-6], SCHOOL), before()) == before().number
    assert rests_on(before(DIVORCE)) is None and rests_on() is None


def test_a_ticket_is_no_repeat_of_itself_or_of_what_was_never_answered() -> None:
    assert rests_on(before(number=met().ticket.number)) is None
    assert rests_on(before(answered_at=None)) is None


def test_what_may_be_asked_again_after_an_appeal_is_not_refused_for_the_earlier_answer() -> None:
    assert rests_on(before(), before(WAGES, SCHOOL, answered_at=None, allowed=True)) is None


def test_what_the_citizen_named_comes_before_what_is_alike() -> None:
    named = met(earlier=SCHOOL, because="same")
    assert rests_on(before(), before(DIVORCE, SCHOOL), life=named) == SCHOOL


def test_a_lawyer_names_what_is_alike_or_an_own_answer_and_no_other() -> None:
    assert rests_on(before(), named=before().number) == before().number
    own = before(DIVORCE, SCHOOL, by=(CHEN.staff_no,))
    assert rests_on(own, before(), named=SCHOOL) == SCHOOL
    for other in (
        [before(DIVORCE, SCHOOL, by=("L0009",))],
        [],
        [before(WAGES, SCHOOL, answered_at=None)],
    ):
        refused = refusal(rests_on, *other, named=SCHOOL)
        assert (refused.code, refused.details[0]["path"]) == ("not_found", "$.earlier")


def test_the_earlier_ticket_that_is_named_must_be_ones_own() -> None:
    asked = Question("q", "live", "labour", "工资", earlier=SCHOOL, because="new_facts")
    refused = refusal(open_ticket, WANG, START, FIGURES, asked, earlier_is_own=False)
    assert (refused.code, refused.details[0]["path"]) == ("not_found", "$.earlier.number")


ONE, TWO = "BJ20261101-000001-1", "BJ20261101-000002-X"


def unclear(number: str = TWO, earlier: str = ONE, **more: object) -> Before:
    """An answered question of somebody who had not understood an earlier answer."""
    return before(number=number, earlier=earlier, because="not_understood", **more)


def third_time(*answered: Before, earlier: str = ONE) -> Life:
    life = met(earlier=earlier, because="not_understood")
    found = answered_before(life.ticket, WAGES, "L0001", None, answered)
    life.do(refuse, CHEN, "repeated", None, None, found)
    return life


def test_what_was_not_understood_is_explained_once_more() -> None:
    assert refusal(third_time, before()).code == "conflict"


@pytest.mark.parametrize("earlier", [ONE, TWO])
def test_not_understood_a_second_time_is_a_repeat(earlier: str) -> None:
    life = third_time(before(), unclear(), earlier=earlier)
    assert life.ticket.outcome == "refused:repeated"


@pytest.mark.parametrize("number", [ONE, TWO])
def test_who_was_not_satisfied_is_explained_to_again(number: str) -> None:
    of = {it.number: it for it in (before(), unclear())}
    of[number] = replace(of[number], satisfied=False)
    assert refusal(third_time, *of.values()).code == "conflict"


def test_an_explanation_that_never_came_does_not_count() -> None:
    assert refusal(third_time, before(), unclear(answered_at=None)).code == "conflict"


def asked(kind: str, author: str | None) -> list[str | None]:
    """Who is offered the question as it is opened."""
    question = Question("q-2", kind, "labour", WAGES, earlier=ONE, because="not_understood")
    events = open_ticket(WANG, START, FIGURES, question, explainer=author)
    return [event.staff_no for event in events if isinstance(event, Offered)]


def test_a_written_question_that_was_not_understood_is_offered_to_who_answered() -> None:
    assert asked("message", "L0001") == ["L0001"]
    assert asked("message", None) == []
    assert asked("live", "L0001") == [], "the router's, who gives the room of lawyers away"


@pytest.mark.parametrize(
    ("kind", "because", "author", "room", "to"),
    [
        ("message", "not_understood", "L0001", 1, "L0001"),
        ("message", "not_understood", "L0001", 0, None),
        ("message", "not_understood", "L0009", 1, None),
        ("message", "not_understood", None, 1, None),
        ("live", "not_understood", "L0001", 1, None),
        ("message", "not_satisfied", "L0001", 1, None),
        ("message", None, "L0001", 1, None),
    ],
)
def test_who_answered_explains_a_written_question_if_there_and_free(
    kind: str, because: str | None, author: str | None, room: int, to: str | None
) -> None:
    question = Question("q-2", kind, "labour", WAGES, earlier=ONE, because=because)
    assert explainer(question, author, {"L0001": room}) == to


def test_a_live_question_that_was_not_understood_is_offered_to_who_answered_first() -> None:
    lawyers = [OnDuty(f"L000{n}", frozenset(), room, START) for n, room in ((1, 1), (2, 5))]
    again = Waiting("n", "labour", explainer="L0001")
    assert assign([again], lawyers, START) == [("n", "L0001")]
    assert assign([replace(again, passed_by=("L0001",))], lawyers, START) == [("n", "L0002")]
    assert assign([replace(again, explainer="L0009")], lawyers, START) == [("n", "L0002")]
    full = [replace(lawyers[0], room=0), lawyers[1]]
    assert assign([again], full, START) == [("n", "L0002")]
    assert assign([again, again], lawyers, START) == [("n", "L0001"), ("n", "L0002")]
