"""The shelf keeps what was used last, and no more than it may weigh."""

from __future__ import annotations

from datetime import UTC, datetime

from chatserver.rules.events import Record
from chatserver.rules.events_talk import Sent
from chatserver.rules.ticket import Ticket
from chatserver.store.shelf import BARE, Kept, Shelf

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def say(kept: Kept, id: str, body: str) -> None:
    message = Sent("citizen", body, id)
    kept.add(Record(len(kept.said) + 1, len(kept.said) + 1, NOW, "citizen", message))


def test_what_was_used_longest_ago_goes_when_all_weigh_too_much() -> None:
    shelf = Shelf(most=BARE * 8)
    first, second, third = [Kept(Ticket(name, "c")) for name in ("first", "second", "third")]
    for kept in (first, second):
        say(kept, "a", "x" * BARE)
        shelf.put(kept)
    shelf.put(first)
    say(third, "a", "x" * 2 * BARE)
    shelf.put(third)
    assert shelf.get("second") is None
    assert shelf.get("first") is first and shelf.get("third") is third


def test_long_words_weigh_more_than_many() -> None:
    shelf = Shelf(most=BARE * 30)
    talkative, verbose = Kept(Ticket("talkative", "c")), Kept(Ticket("verbose", "c"))
    shelf.put(talkative)
    for place in range(9):
        say(talkative, f"a{place}", "")
        shelf.put(talkative)
    assert shelf.get("talkative") is talkative
    say(verbose, "a", "x" * BARE * 19)
    shelf.put(verbose)
    assert shelf.get("talkative") is None


def test_what_is_dropped_weighs_nothing_and_may_come_back() -> None:
    shelf = Shelf(most=BARE * 4)
    kept, other = Kept(Ticket("kept", "c")), Kept(Ticket("other", "c"))
    for _ in range(100):
        shelf.put(kept)
        shelf.drop(["kept", "unknown"])
    shelf.put(kept)
    say(other, "a", "")
    shelf.put(other)
    assert shelf.get("kept") is kept and shelf.get("other") is other


def test_the_last_one_stays_however_heavy() -> None:
    shelf = Shelf(most=BARE)
    kept = Kept(Ticket("kept", "c"))
    say(kept, "a", "x" * BARE * 5)
    shelf.put(kept)
    assert shelf.get("kept") is kept
