"""The view that explains a clock: the record told again, step by step."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from chatserver.rules import callback, feedback, promising
from chatserver.rules.clocks import clock, running
from chatserver.rules.events import Record
from chatserver.rules.events_desks import CallbackOpened
from chatserver.rules.explain import MOVED, WHY, Step, explain
from chatserver.rules.people import SYSTEM
from chatserver.rules.policy import Policy
from chatserver.rules.workdays import Calendar
from tests.rules.life import CHEN, MINUTE, START, WANG, Life, met


class Told(Life):
    """A life that keeps its record."""

    def happen(self, events):
        self.records = getattr(self, "records", [])
        for event in events:
            super().happen([event])
            self.records.append(Record(self.ticket.entry, None, self.now, "", event))
        return list(events)

    def steps(self, internal: bool = True) -> list[Step]:
        return explain(self.ticket, self.records, internal)


def told() -> Told:
    life = Told()
    life.open()
    life.offer()
    life.accept()
    return life


def test_an_answered_question_has_a_start_and_a_stop() -> None:
    life = told()
    life.later(5 * MINUTE)
    life.answer()
    steps = life.steps()
    assert [(step.clock, step.what, step.article) for step in steps] == [
        ("live_answer", "started", 23),
        ("live_answer", "stopped", 23),
    ]
    assert steps[0].due_at == START + timedelta(hours=1) and steps[1].due_at is None
    assert steps[1].at == START + 5 * MINUTE


def test_a_question_to_the_citizen_suspends_and_the_answer_resumes() -> None:
    life = told()
    life.later(10 * MINUTE)
    life.happen(promising.ask(life.ticket, life.now, CHEN, "a-1", "哪一年入职？"))
    life.later(30 * MINUTE)
    life.ask_on()
    assert [step.what for step in life.steps()] == ["started", "suspended", "resumed"]
    suspended, resumed = life.steps()[1:]
    assert suspended.due_at is None
    assert resumed.due_at == START + timedelta(hours=1, minutes=30)


def test_a_promise_changes_the_clock_and_a_lapse_is_told() -> None:
    life = told()
    promised = life.now + timedelta(hours=2)
    life.happen(promising.schedule(life.ticket, life.now, CHEN, promised, "要查规定"))
    life.later(timedelta(hours=2))
    while life.lapse():
        pass
    steps = life.steps()
    assert [step.what for step in steps] == [
        "started",
        "changed",
        "reminded",
        "reminded",
        "ran_out",
        "owed",
    ]
    assert (steps[1].clock, steps[1].due_at) == ("promise", promised)
    assert steps[-2].answerable is True and steps[-2].staff_no == steps[-1].staff_no == "L0001"


def test_what_is_internal_is_not_the_citizens_to_see() -> None:
    life = told()
    life.later(timedelta(hours=1))
    while life.lapse():
        pass
    citizen = life.steps(internal=False)
    assert [step.what for step in citizen] == ["started", "ran_out"]
    assert citizen[1].staff_no is None and citizen[1].answerable is None


def test_the_limit_told_is_the_one_that_was_frozen() -> None:
    life = Told(figures=replace(Policy(), live_answer_within=20 * MINUTE))
    life.open()
    life.offer()
    life.accept()
    life.answer()
    life.figures = Policy()
    life.later(MINUTE).ask_on()
    started, _, again = life.steps()
    assert (started.within_s, again.within_s) == (1200, 1200) and "{span}" in started.rule


def test_a_call_back_is_told_in_working_days_or_in_the_span_of_a_drill() -> None:
    for figures, within in (
        (Policy(), None),
        (replace(Policy(), callback_within=20 * MINUTE), 1200),
    ):
        life = told()
        life.answer()
        life.do(feedback.rate, WANG, False, calendar=Calendar(), figures=figures)
        assert (life.steps()[-1].rule, life.steps()[-1].within_s) == (
            WHY[CallbackOpened][1],
            within,
        )


def test_a_due_time_that_the_calendar_moved_is_told_as_moved() -> None:
    life = told()
    life.answer()
    life.happen(feedback.rate(life.ticket, life.now, WANG, False, calendar=Calendar()))
    guess = life.ticket.callback_due_at
    later = guess + timedelta(days=2)
    life.happen(callback.recompute(life.ticket, life.now, SYSTEM, guess, later))
    last = life.steps()[-1]
    assert (last.what, last.rule, last.due_at) == ("changed", MOVED, later)


def test_a_call_back_has_a_clock_of_its_own() -> None:
    life = told()
    life.answer()
    life.close()
    life.happen(feedback.rate(life.ticket, life.now, WANG, False, calendar=Calendar()))
    life.happen(callback.begin(life.ticket, life.now, CHEN))
    life.answer(id="a-2")
    assert [(step.clock, step.what) for step in life.steps()] == [
        ("live_answer", "started"),
        ("live_answer", "stopped"),
        ("callback", "started"),
        ("callback", "stopped"),
    ]
    assert life.steps()[2].article == 24


def test_the_last_step_is_where_the_clock_stands() -> None:
    life = told()
    life.later(MINUTE).answer()
    life.later(MINUTE).ask_on()
    now = clock(life.ticket, life.now)
    assert now is not None and running(life.ticket) is not None
    assert life.steps()[-1].due_at == now.due_at


def test_each_reason_is_said() -> None:
    assert all(rule.strip() for _, rule in WHY.values())
    assert met().ticket.state == "active"


def test_an_explanation_is_shown_while_it_is_owed_and_when_it_is_given() -> None:
    life = told()
    life.ask_on()
    life.later(timedelta(hours=1)).until_quiet()
    owed = [step for step in life.steps() if step.what == "owed"]
    assert [(step.staff_no, step.article, step.clock) for step in owed] == [
        ("L0001", 23, "live_answer")
    ]
    life.do(promising.explain_delay, CHEN, "why", "材料需要核对。")
    last = life.steps(internal=False)[-1]
    assert (last.what, last.staff_no, last.article) == ("explained", "L0001", 23)
