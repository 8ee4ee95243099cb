"""The house's own: a dropped lawyer keeps the tickets through the grace, then the queue's front has them."""

from __future__ import annotations

from chatserver.rules import answering
from chatserver.rules.events_talk import DropNoticed, HandedOver
from chatserver.rules.people import SYSTEM
from tests.rules.life import LIU, Life, met


def dropped(life: Life, epoch: int | None = None) -> list[object]:
    epoch = life.ticket.epoch if epoch is None else epoch
    return list(life.happen(answering.notice_drop(life.ticket, life.now, SYSTEM, epoch)))


def test_the_citizen_is_told_once_that_the_line_is_cut() -> None:
    life = met()
    assert isinstance(dropped(life)[-1], DropNoticed)
    assert dropped(life) == [] and life.talk[-1] == "reconnecting"


def test_after_the_grace_the_ticket_waits_at_the_front_with_its_age() -> None:
    life = met()
    before = life.ticket
    assert life.hand_over()[-1] == HandedOver("L0001", "connection_lost")
    after = life.ticket
    assert (after.state, after.assignee, after.front) == ("queued", None, True)
    assert after.opened_at == before.opened_at and after.answer_due_at == before.answer_due_at
    assert life.talk[-1] == "transferred"


def test_every_change_of_hands_raises_the_epoch() -> None:
    life = met()
    epochs = [life.ticket.epoch]
    life.hand_over()
    epochs.append(life.ticket.epoch)
    life.offer(LIU).accept(LIU)
    epochs.append(life.ticket.epoch)
    assert epochs == [1, 2, 3]


def test_a_look_that_came_late_decides_nothing() -> None:
    life = met()
    old = life.ticket.epoch
    life.hand_over()
    life.offer(LIU).accept(LIU)
    assert life.hand_over(old) == [] and dropped(life, old) == []
    assert life.ticket.assignee == "L0002"


def test_an_answered_ticket_stays_with_its_lawyer() -> None:
    life = met()
    life.answer()
    assert life.hand_over() == [] and isinstance(dropped(life)[-1], DropNoticed)


def test_whoever_lost_it_may_be_offered_it_again() -> None:
    life = met()
    life.hand_over()
    life.offer()
    life.accept()
    assert life.ticket.assignee == "L0001" and life.ticket.former == ()
