"""Article 24: who is not satisfied is called back within three working days and advised again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatserver.rules.audience import PERMITTED, rooms
from chatserver.rules.backstage import stand_in
from chatserver.rules.callback import attempt, begin, choose, crowded, take
from chatserver.rules.clocks import clock, running
from chatserver.rules.deadlines import next_due
from chatserver.rules.events_desks import CallbackDone, CallbackOpened, Escalated, Lapsed, Warned
from chatserver.rules.events_talk import Noticed, Rated
from chatserver.rules.experts import answer_directly, claim, opinion
from chatserver.rules.policy import Policy
from chatserver.rules.promising import schedule
from chatserver.rules.refusing import Referral, decide_abuse, refuse
from chatserver.rules.workdays import Calendar
from tests.rules.life import (
    CHEN,
    FENG,
    HUANG,
    LIU,
    MINUTE,
    QIAN,
    START,
    WANG,
    ZHAO,
    Life,
    met,
    refusal,
)

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def days(works: bool, *spans: tuple[date, int]) -> dict[date, bool]:
    return {first + n * DAY: works for first, count in spans for n in range(count)}


#: Spring and autumn of 2026 as the State Council announced them.
OF_2026 = Calendar(
    days(False, (date(2026, 2, 15), 9), (date(2026, 9, 25), 3), (date(2026, 10, 1), 7))
    | days(True, *((date(2026, *day), 1) for day in ((2, 14), (2, 28), (9, 20), (10, 10)))),
    frozenset({2026}),
)


def beijing(month: int, day: int, hour: int = 0) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC) - 8 * HOUR


@pytest.mark.parametrize(
    ("rated", "last"),
    [
        ((9, 30, 9), (10, 10)),
        ((2, 13, 23), (2, 25)),
        ((11, 23, 0), (11, 26)),
        ((2, 12, 8), (2, 24)),
    ],
)
def test_it_ends_with_the_third_working_day(rated: Any, last: tuple[int, int]) -> None:
    assert OF_2026.end_of(3, beijing(*rated)) == (beijing(*last) + DAY, False)


def test_the_day_of_the_rating_is_beijings() -> None:
    late = beijing(11, 23, 23) + 59 * MINUTE
    assert OF_2026.end_of(3, late)[0] == beijing(11, 27)
    assert OF_2026.end_of(3, late + MINUTE)[0] == beijing(11, 28)


def test_a_year_not_yet_announced_is_told_as_a_guess() -> None:
    assert OF_2026.end_of(3, beijing(12, 30)) == (datetime(2027, 1, 4, 16, tzinfo=UTC), True)


@given(
    st.datetimes(datetime(2025, 12, 1), datetime(2027, 2, 1), timezones=st.just(UTC)),
    st.integers(1, 10),
)
def test_exactly_as_many_working_days_lie_behind_the_rating(after: datetime, count: int) -> None:
    end, _ = OF_2026.end_of(count, after)
    first = (after + 8 * HOUR).date() + DAY
    last = (end + 8 * HOUR).date() - DAY
    between = [first + n * DAY for n in range((last - first).days + 1)]
    assert sum(map(OF_2026.works, between)) == count and OF_2026.works(last)
    assert (end + 8 * HOUR).time() == datetime.min.time()


def unhappy(**figures: Any) -> Life:
    life = Life(figures=replace(Policy(), **figures)).open().offer()
    life.accept()
    life.answer()
    life.rate(False, calendar=OF_2026, figures=life.figures)
    return life


def test_not_satisfied_opens_it_in_the_same_list() -> None:
    life = unhappy()
    rated, said, opened = life.events[-3:]
    assert rated == Rated(False)
    assert isinstance(said, Noticed) and said.notice == "callback" and "11月26日 24:00" in said.body
    assert opened == CallbackOpened(beijing(11, 27), False)
    assert life.ticket.callback_due_at == beijing(11, 27)
    shown = clock(life.ticket, life.now)
    assert shown is not None and (shown.article, shown.kind) == (24, "callback")


def test_a_drill_has_a_plain_span() -> None:
    assert unhappy(callback_within=90 * MINUTE).ticket.callback_due_at == START + 90 * MINUTE


def test_satisfied_opens_none() -> None:
    life = met()
    life.answer()
    assert life.rate(True) == [Rated(True)] and life.ticket.callback is None


def test_changing_the_rating_neither_closes_nor_opens_another() -> None:
    life = unhappy()
    due = life.ticket.callback_due_at
    for satisfied in (True, False):
        life.later(HOUR)
        assert life.rate(satisfied) == [Rated(satisfied)]
    assert (life.ticket.callback, life.ticket.callback_due_at) == ("open", due)


def test_the_citizen_chooses_a_time_and_by_whom() -> None:
    life = unhappy()
    life.do(choose, WANG, START + DAY, "another")
    assert (life.ticket.callback_at, life.ticket.callback_who) == (START + DAY, "another")
    for at in (START, beijing(11, 27) + MINUTE):
        assert refusal(life.do, choose, WANG, at, "same").code == "invalid"
    assert refusal(met().do, choose, WANG, START + DAY, "same").code == "conflict"


@pytest.mark.parametrize(("who", "able"), [("same", CHEN), ("another", LIU), (None, CHEN)])
def test_the_one_who_was_wished_for_may_begin(who: str | None, able: Any) -> None:
    life = unhappy()
    if who is not None:
        life.do(choose, WANG, START + DAY, who)
    may = PERMITTED["callback_begin"]
    knows = [CHEN, LIU] if who == "another" else [CHEN]
    assert [actor for actor in (CHEN, LIU, WANG, ZHAO, QIAN) if may(actor, life.ticket)] == knows
    for actor in knows:
        if actor is not able:
            assert refusal(life.do, begin, actor).code == "forbidden"
            assert refusal(life.do, attempt, actor, "未接通").code == "forbidden"
    assert life.do(begin, able)


def test_another_is_nobody_who_gave_an_answer_of_it_whoever_holds_it_now() -> None:
    life = met()
    life.answer()
    life.ask_on()
    life.hand_over()
    life.offer(LIU).accept(LIU)
    life.answer(LIU, id="a-2")
    life.rate(False, calendar=OF_2026)
    life.do(choose, WANG, START + DAY, "another")
    for rule, *said in ((begin,), (take,), (attempt, "未接通")):
        assert refusal(life.do, rule, CHEN, *said).code == "forbidden"
        assert refusal(life.do, rule, LIU, *said).code == "forbidden"
    assert life.do(take, replace(LIU, account="zhou", staff_no="L0003"))


def test_who_holds_a_ticket_without_a_call_back_is_told_its_state() -> None:
    for life in (met(), Life().open()):
        holds = life.ticket.assignee == CHEN.staff_no
        assert PERMITTED["callback_begin"](CHEN, life.ticket) is holds
        assert not PERMITTED["callback_attempt"](LIU, life.ticket)
    life = met()
    for state in ("active", "answered", "closed"):
        for refused in (refusal(life.do, begin, CHEN), refusal(life.do, attempt, CHEN, "未接通")):
            assert (refused.code, refused.details) == ("conflict", {"state": state})
        if state != "closed":
            life.answer() if state == "active" else life.close()


def test_once_begun_by_another_it_is_theirs_alone() -> None:
    life = unhappy()
    life.do(choose, WANG, START + DAY, "another")
    life.do(begin, LIU)
    third = replace(LIU, account="zhou", staff_no="L0003")
    assert refusal(life.do, attempt, third, "未接通").code == "conflict"
    assert refusal(life.do, begin, third).code == "conflict"
    life.do(attempt, LIU, "未接通")
    assert life.ticket.callback_attempts == 1


def test_who_wished_for_an_expert_is_not_called_by_a_lawyer_but_after_the_experts_opinion() -> None:
    life = unhappy()
    _, escalated = life.do(choose, WANG, START + DAY, "expert")
    may = PERMITTED["callback_begin"]
    assert isinstance(escalated, Escalated)
    for step in (None, claim):
        if step is not None:
            life.do(step, QIAN, escalated.id)
        assert not may(LIU, life.ticket)
        for rule, *note in ((begin,), (attempt, "未接通")):
            assert refusal(life.do, rule, CHEN, *note).code == "forbidden"
    life.do(opinion, QIAN, escalated.id, "可以再谈一次。")
    assert may(CHEN, life.ticket) and not may(LIU, life.ticket)
    assert life.do(begin, CHEN)


def reminders(life: Life) -> list[Warned]:
    return [e for e in life.until_quiet() if isinstance(e, Warned) and e.rung == "chosen"]


def test_at_the_chosen_time_the_one_who_calls_is_reminded_once_and_never_early() -> None:
    life = unhappy()
    life.close()
    life.do(choose, WANG, START + DAY, "same")
    life.now = START + DAY - timedelta(seconds=1)
    assert reminders(life) == []
    life.now = START + DAY
    assert reminders(life) == [Warned("chosen", "callback", START + DAY, "L0001")]
    assert reminders(life.later(MINUTE)) == []


def test_another_choice_is_another_reminder() -> None:
    life = unhappy()
    life.close()
    life.do(choose, WANG, START + HOUR, "same")
    life.now = START + HOUR
    assert len(reminders(life)) == 1
    life.do(choose, WANG, START + 2 * HOUR, "same")
    life.now = START + 2 * HOUR
    assert len(reminders(life)) == 1


def test_an_expert_who_has_it_is_reminded_and_of_another_lawyer_nobody_knows() -> None:
    life = unhappy()
    _, escalated = life.do(choose, WANG, START + HOUR, "expert")
    assert isinstance(escalated, Escalated)
    life.do(claim, QIAN, escalated.id)
    life.now = START + HOUR
    assert [warned.staff_no for warned in reminders(life)] == ["E0001"]
    life.do(choose, WANG, START + 2 * HOUR, "another")
    life.now = START + 2 * HOUR
    assert [warned.staff_no for warned in reminders(life)] == [None]


def test_a_time_that_passed_while_the_citizen_asked_on_is_not_called_at() -> None:
    life = unhappy()
    life.do(choose, WANG, START + MINUTE, "same")
    life.ask_on()
    life.say(id="l-9")
    for _ in range(2):
        life.later(15 * MINUTE).lapse()
    assert (life.ticket.state, life.ticket.callback) == ("closed", "open")
    assert reminders(life) == []


def test_a_question_that_nobody_held_is_called_back_by_anyone() -> None:
    life = Life().open()
    life.withdraw()
    life.rate(False, calendar=OF_2026)
    assert PERMITTED["callback_begin"](CHEN, life.ticket)
    life.do(begin, CHEN)
    life.answer()
    assert life.ticket.callback == "done"


@pytest.mark.parametrize("closed", [False, True])
def test_it_reopens_the_ticket_and_the_next_answer_completes_it(closed: bool) -> None:
    life = unhappy()
    if closed:
        life.close()
    _, said = life.do(begin, CHEN)
    assert isinstance(said, Noticed) and said.notice == "callback"
    assert (life.ticket.state, life.ticket.outcome, life.ticket.callback) == (
        "active",
        None,
        "begun",
    )
    assert life.answer(id="a-2")[-1] == CallbackDone("answered")
    assert life.ticket.state == "answered" and clock(life.ticket, life.now) is None


def test_another_lawyer_takes_it_over_and_the_former_one_reads_up_to_there() -> None:
    life = unhappy()
    life.close()
    seq = life.ticket.last_seq
    life.do(begin, LIU)
    assert life.ticket.assignee == "L0002" and life.ticket.former == (("L0001", seq),)


def test_three_attempts_complete_it_too() -> None:
    life = unhappy()
    life.close()
    for n in range(3):
        assert life.ticket.callback == "open" and life.ticket.callback_attempts == n
        life.do(attempt, CHEN, f"第{n + 1}次未接通")
    assert life.ticket.callback == "done" and life.ticket.state == "closed"
    *_, said, done = life.events
    assert done == CallbackDone("attempted") and life.ticket.callback_how == "attempted"
    assert isinstance(said, Noticed) and said.notice == "callback" and "没有联系上您" in said.body
    assert refusal(life.do, attempt, CHEN, "再试").code == "conflict"
    assert refusal(life.do, begin, CHEN).code == "conflict"


@pytest.mark.parametrize("begun", [False, True])
def test_the_citizen_reads_of_each_attempt_and_what_can_be_done_about_it(begun: bool) -> None:
    life = unhappy()
    if begun:
        life.do(begin, CHEN)
    for n in (1, 2):
        _, said = life.do(attempt, CHEN, f"第{n}次未接通")
        assert isinstance(said, Noticed) and said.notice == "callback"
        assert f"第 {n} 次" in said.body and "未接通" not in said.body
        assert ("选择" in said.body, "回复" in said.body) == (not begun, begun)
    life = unhappy()
    life.now = life.ticket.callback_due_at or life.now
    life.until_quiet()
    assert life.do(attempt, CHEN, "未接通")[-1].body.count("\n") == 0


def test_attempts_after_it_was_begun_end_the_talk_and_leave_no_old_clock() -> None:
    life = unhappy()
    life.do(begin, CHEN)
    for n in range(3):
        life.do(attempt, CHEN, f"第{n + 1}次无人应答")
    assert (life.ticket.state, life.ticket.callback) == ("closed", "done")
    assert next_due(life.ticket) is None


def test_an_attempt_needs_a_note() -> None:
    assert refusal(unhappy().do, attempt, CHEN, "").code == "invalid"


def test_missing_it_escalates_once() -> None:
    life = unhappy()
    life.close()
    life.later(10 * DAY)
    events = life.until_quiet()
    [lapsed] = [event for event in events if isinstance(event, Lapsed)]
    assert lapsed.clock == "callback" and life.ticket.escalation_reason == "callback_overdue"
    assert life.talk[-1] == "delay_explained" and next_due(life.ticket) is None


def test_what_is_asked_on_before_it_has_the_answers_clock_and_its_answer_completes_it() -> None:
    life = unhappy()
    life.later(MINUTE).ask_on()
    found = running(life.ticket)
    assert found == ("live_answer", life.now + HOUR)
    assert CallbackDone("answered") in life.answer(id="a-2")


def test_if_that_talk_falls_silent_it_is_still_owed() -> None:
    life = unhappy()
    life.later(MINUTE).ask_on()
    life.say(id="l-9")
    life.later(15 * MINUTE).lapse()
    life.later(15 * MINUTE).lapse()
    assert (life.ticket.state, life.ticket.callback) == ("closed", "open")
    found = running(life.ticket)
    assert found == ("callback", beijing(11, 27)) and life.ticket.rungs == ()


def test_who_takes_back_what_was_asked_on_is_not_called() -> None:
    life = unhappy()
    life.ask_on()
    life.withdraw()
    assert life.ticket.callback == "done" and next_due(life.ticket) is None
    assert life.ticket.callback_how == "withdrawn"


def test_in_it_nothing_is_put_off() -> None:
    life = unhappy()
    life.do(begin, CHEN)
    assert refusal(life.do, schedule, CHEN, START + DAY, "原因").code == "conflict"


def test_an_expert_may_be_wished_for_and_answers_even_in_a_closed_ticket() -> None:
    life = unhappy()
    life.close()
    _, escalated = life.do(choose, WANG, START + DAY, "expert")
    assert isinstance(escalated, Escalated)
    life.do(claim, QIAN, escalated.id)
    life.do(answer_directly, QIAN, "e-1", "专家的解答", escalated.id)
    ticket = life.ticket
    assert (ticket.state, ticket.callback, ticket.outcome) == ("answered", "done", None)
    assert ticket.assignee == "L0001"


def test_the_second_rating_has_seven_days_of_its_own() -> None:
    life = unhappy()
    life.later(12 * DAY)
    life.do(begin, CHEN)
    life.answer(id="a-2")
    life.later(6 * DAY)
    assert any(isinstance(event, Escalated) for event in life.rate(False))
    life.later(8 * DAY)
    assert refusal(life.rate, True).code == "conflict"


def test_not_satisfied_again_goes_to_the_experts() -> None:
    life = unhappy()
    life.do(begin, CHEN)
    life.answer(id="a-2")
    rated, escalated = life.rate(False)
    assert rated == Rated(False) and isinstance(escalated, Escalated)
    assert life.rate(False) == [Rated(False)]


def test_what_runs_out_beneath_a_talk_that_falls_silent_is_told_when_it_ends() -> None:
    life = met()
    life.answer()
    life.rate(False, figures=Policy(callback_within=20 * MINUTE))
    life.later(9 * MINUTE).ask_on()
    life.say(id="l-9")
    life.later(10 * MINUTE).until_quiet()
    life.later(5 * MINUTE)
    events = life.until_quiet()  # it closes, five minutes after the call-back was due
    assert (life.ticket.state, life.ticket.callback) == ("closed", "open")
    assert [e.clock for e in events if isinstance(e, Lapsed)] == ["callback"]
    assert life.ticket.escalation_reason == "callback_overdue"
    assert next_due(life.ticket) is not None  # the operator is still to hear of it
    life.later(HOUR).until_quiet()
    assert [e.rung for e in life.events if isinstance(e, Warned)][-1] == "operator"
    assert next_due(life.ticket) is None


def test_what_was_told_before_is_not_told_again_when_a_talk_falls_silent() -> None:
    life = met()
    life.answer()
    life.rate(False, figures=Policy(callback_within=5 * MINUTE))
    life.later(8 * MINUTE).until_quiet()
    life.ask_on()
    life.say(id="l-9")
    for _ in range(2):
        life.later(15 * MINUTE).until_quiet()
    assert (life.ticket.state, life.ticket.callback) == ("closed", "open")
    assert len([e for e in life.events if isinstance(e, Lapsed)]) == 1


def test_who_was_not_reached_after_it_was_overdue_is_no_longer_the_panels() -> None:
    life = unhappy()
    life.close()
    life.later(10 * DAY).until_quiet()
    assert life.ticket.escalation_state == "open"
    for _ in range(3):
        life.do(attempt, CHEN, "未接通")
    assert life.ticket.callback == "done"
    assert life.ticket.escalation_state == "resolved" and next_due(life.ticket) is None


@pytest.mark.parametrize("ground", ["repeated", "out_of_scope", "in_litigation"])
@pytest.mark.parametrize("begun", [True, False], ids=["begun", "asked on"])
def test_no_lawyer_refuses_it_away(ground: str, begun: bool) -> None:
    life = unhappy()
    life.do(begin, CHEN) if begun else life.ask_on()
    refused = refusal(life.do, refuse, CHEN, ground, Referral("区市场监管局"))
    assert (refused.code, refused.article) == ("conflict", 24)
    assert refused.details == {"state": "active"}
    assert CallbackDone("answered") in life.answer(id="a-2")
    life.ask_on("c-2")
    life.do(refuse, CHEN, ground, Referral("区市场监管局"))
    assert life.ticket.outcome == f"refused:{ground}"


@pytest.mark.parametrize("closed", [True, False])
def test_an_abuse_that_a_second_person_upholds_ends_it_and_says_so(closed: bool) -> None:
    life = unhappy()
    life.do(choose, WANG, START + DAY, "expert")
    life.ask_on()
    life.do(refuse, CHEN, "abuse", None, "反复辱骂")
    assert life.ticket.callback == "open"
    if closed:
        life.say(id="l-9")
        for _ in range(2):
            life.later(15 * MINUTE).lapse()
        assert (life.ticket.state, life.ticket.callback) == ("closed", "open")
    assert CallbackDone("refused") in life.do(decide_abuse, FENG, True, "多次辱骂")
    assert (life.ticket.state, life.ticket.callback) == ("closed", "done")
    assert life.ticket.escalation_state == "resolved" and next_due(life.ticket) is None


def test_attempts_of_one_half_day_in_beijing_count_and_are_told_apart() -> None:
    at = [beijing(11, 24, 11), beijing(11, 24, 12), beijing(11, 25, 1), beijing(11, 25, 11)]
    assert [crowded(at[:n]) for n in (1, 2, 3, 4)] == [False, False, False, True]
    assert crowded([at[0], at[0] + HOUR, at[0]]) and not crowded([at[3], at[2], at[1]])
    life = unhappy()
    for n in range(3):
        life.do(attempt, CHEN, f"第{n + 1}次未接通")
    assert life.ticket.callback_tried == (START, START, START) and life.ticket.callback == "done"


def test_what_the_citizen_is_not_satisfied_with_goes_with_it() -> None:
    life = unhappy()
    life.rate(False, comment="没有说到期限")
    life.rate(False)
    assert life.ticket.comment == "没有说到期限"
    _, escalated = life.do(choose, WANG, START + DAY, "expert")
    assert isinstance(escalated, Escalated) and escalated.question == "没有说到期限"


@pytest.mark.parametrize("comment", ["还是没有说到", None])
def test_a_second_bad_rating_asks_the_experts_what_the_citizen_wrote(comment: str | None) -> None:
    life = unhappy()
    life.rate(False, comment="没有说到期限")
    life.do(begin, CHEN)
    life.answer(id="a-2")
    assert life.ticket.callback_how == "answered"
    _, escalated = life.rate(False, comment=comment)
    assert isinstance(escalated, Escalated) and escalated.question == comment
    assert life.ticket.comment == (comment or "没有说到期限")


def stands_in(life: Life, to: str = "L0002") -> list[Any]:
    return life.do(stand_in, HUANG, life.ticket.assignee, to, 30 * MINUTE, "notary")


@pytest.mark.parametrize("who", ["same", "another", None])
@pytest.mark.parametrize("closed", [True, False], ids=["closed", "answered"])
def test_the_institution_may_have_a_colleague_make_it(who: str | None, closed: bool) -> None:
    life = unhappy()
    if closed:
        life.close()
    if who is not None:
        life.do(choose, WANG, START + HOUR, who)
    state, seq = life.ticket.state, life.ticket.last_seq
    said, noted, entrusted = stands_in(life)
    assert said.notice == "transferred" and noted.body == "L0001 -> L0002"
    assert (life.ticket.state, life.ticket.assignee) == (state, "L0002")
    assert life.ticket.profession == "notary" and life.ticket.former == (("L0001", seq + 1),)
    assert {"staff:L0001", "staff:L0002"} <= set(rooms(life.ticket, entrusted))
    if who is not None:
        life.now = START + HOUR
        assert [warned.staff_no for warned in reminders(life)] == ["L0002"]
    assert not PERMITTED["callback_begin"](CHEN, life.ticket)
    life.do(begin, LIU)
    assert CallbackDone("answered") in life.answer(LIU, id="a-2")


def test_nobody_stands_in_for_an_expert_nor_whose_answer_it_was_for_another() -> None:
    life = unhappy()
    life.do(choose, WANG, START + HOUR, "another")
    life.do(begin, LIU)
    life.answer(LIU, id="a-2")
    assert refusal(stands_in, life, "L0001").code == "conflict"
    life = unhappy()
    assert refusal(stands_in, life, "L0001").code == "invalid"
    life.do(choose, WANG, START + HOUR, "another")
    stands_in(life)
    life.do(choose, WANG, START + HOUR, "another")
    assert refusal(stands_in, life, "L0001").code == "forbidden"
    life.do(choose, WANG, START + HOUR, "expert")
    assert refusal(stands_in, life, "L0003").code == "forbidden"
