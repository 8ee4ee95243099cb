"""Article 32: everything that happens is an event with a number, what was seen included."""

from __future__ import annotations

import pytest

from chatserver.rules import asking
from chatserver.rules.events_talk import Read
from tests.rules.life import Life, met, refusal


def test_entries_count_everything_and_seq_the_citizens_messages() -> None:
    life = met()
    life.say()
    life.answer()
    life.close()
    assert life.ticket.entry == len(life.events)
    assert life.ticket.last_seq == len(life.talk)


def test_what_was_read_is_recorded_once() -> None:
    life = met()
    life.say()
    for by in ("citizen", "staff"):
        assert life.happen(asking.read(life.ticket, life.now, by, 2)) == [Read(by, 2)]
        assert asking.read(life.ticket, life.now, by, 2) == []
        assert asking.read(life.ticket, life.now, by, 1) == []
    assert (life.ticket.citizen_read, life.ticket.staff_read) == (2, 2)


@pytest.mark.parametrize("seq", [0, -1, 2])
def test_what_was_not_said_was_not_read(seq: int) -> None:
    assert refusal(asking.read, Life().open().ticket, Life().now, "citizen", seq).code == "invalid"
