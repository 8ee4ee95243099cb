"""Article 27: who might act on a wrong answer is warned at once, and hears how it ended."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chatserver.rules.audience import rooms
from chatserver.rules.deadlines import next_due
from chatserver.rules.events import Event
from chatserver.rules.events_desks import Escalated, Reviewed
from chatserver.rules.events_talk import Corrected, Doubted, Upheld
from chatserver.rules.experts import answer_directly, claim, opinion
from chatserver.rules.policy import FIRST_LADDER, LADDERS
from chatserver.rules.review import doubted
from chatserver.rules.reviewing import correct, pass_review, settle, suggest
from tests.rules.life import CHEN, HAN, QIAN, Life, met

ID = "BJ20261123-000001-1"
WITHIN = LADDERS[FIRST_LADDER].settle_harm_within


def warned(closed: bool = False) -> tuple[Life, int]:
    """Chen's answer would do harm, says Qian."""
    life = met()
    life.answer()
    seq = life.ticket.last_seq
    if closed:
        life.close()
    life.do(suggest, QIAN, seq, "时效已改", severity="harmful")
    return life, seq


def of(life: Life) -> tuple[int, ...]:
    return doubted(life.ticket.open_reviews)


@pytest.mark.parametrize("closed", [False, True])
def test_the_citizen_is_warned_in_the_same_act_and_reads_nothing_of_the_reason(
    closed: bool,
) -> None:
    life, seq = warned(closed)
    reviewed, said = life.events[-2:]
    assert isinstance(reviewed, Reviewed) and reviewed.severity == "harmful"
    assert isinstance(said, Doubted) and (said.about, said.notice) == (seq, "correction")
    assert "citizen:wang" in rooms(life.ticket, said) and "时效" not in said.body
    assert of(life) == (seq,)


@pytest.mark.parametrize("severity", ["cosmetic", "misleading"])
def test_of_what_does_no_harm_the_citizen_hears_nothing_yet(severity: str) -> None:
    life = met()
    life.answer()
    events = life.do(suggest, QIAN, life.ticket.last_seq, "措辞", severity=severity)
    assert [event.visible for event in events] == [False] and of(life) == ()


def test_one_warning_is_enough_for_one_answer() -> None:
    life, seq = warned()
    assert [type(e) for e in life.do(suggest, HAN, seq, "又", severity="harmful")] == [Reviewed]
    life.do(correct, CHEN, "c", "改后", seq, "有误")
    assert of(life) == ()


def test_the_author_has_less_time_than_for_other_suggestions() -> None:
    life, _ = warned(closed=True)
    assert next_due(life.ticket) == life.now + WITHIN
    assert timedelta() < WITHIN < LADDERS[FIRST_LADDER].settle_within


def test_accepting_ends_nothing_before_the_correction_does() -> None:
    life, seq = warned()
    life.do(settle, CHEN, f"{ID}.r1", "accepted")
    assert of(life) == (seq,)
    life.do(correct, CHEN, "c", "改后", seq, "有误")
    assert of(life) == () and life.talk.count("correction") == 2


def test_what_is_contested_stays_doubted_until_an_expert_finds_that_it_stands() -> None:
    life, seq = warned()
    life.do(settle, CHEN, f"{ID}.r1", "contested", "法条未改")
    assert of(life) == (seq,)
    _, said = life.do(pass_review, HAN)
    assert isinstance(said, Upheld) and said.about == seq
    assert of(life) == () and life.ticket.open_reviews == ()
    assert len(life.do(pass_review, HAN)) == 1


def test_passing_the_answer_takes_away_nothing_that_its_author_has_not_seen() -> None:
    life, seq = warned()
    life.do(pass_review, HAN)
    assert of(life) == (seq,)


@pytest.mark.parametrize("contested", [False, True])
def test_what_nobody_settles_is_put_right_by_the_panel_and_stays_doubted_until_then(
    contested: bool,
) -> None:
    life, seq = warned(closed=True)
    if contested:
        life.do(settle, CHEN, f"{ID}.r1", "contested", "法条未改")
    life.later(WITHIN)
    asked = [e for e in life.until_quiet() if isinstance(e, Escalated)]
    assert [(e.reason, e.seq) for e in asked] == [("review_overdue", seq)]
    assert of(life) == (seq,) and next_due(life.ticket) is not None
    life.do(claim, HAN, asked[0].id)
    told: list[Event] = life.do(answer_directly, HAN, "e-1", "改后", asked[0].id)
    assert any(isinstance(event, Corrected) for event in told) and of(life) == ()


def test_the_panel_may_also_find_that_it_stands() -> None:
    life, seq = warned(closed=True)
    life.later(WITHIN).until_quiet()
    life.do(claim, HAN, f"{ID}.1")
    *_, said = life.do(opinion, HAN, f"{ID}.1", "引用无误")
    assert isinstance(said, Upheld) and said.about == seq and of(life) == ()


def test_another_suggestion_is_the_judgement_that_was_waited_for() -> None:
    life, seq = warned(closed=True)
    life.do(settle, CHEN, f"{ID}.r1", "contested", "法条未改")
    life.do(suggest, HAN, seq, "措辞可改", severity="cosmetic")
    assert next_due(life.ticket) == life.now + LADDERS[FIRST_LADDER].settle_within
    assert of(life) == (seq,)
    life.do(settle, CHEN, f"{ID}.r2", "contested", "不必")
    life.do(pass_review, HAN)
    assert of(life) == ()
