"""The tables are whole: every article accounted for, every rule marked, every event known everywhere."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import types
import typing
from dataclasses import MISSING, fields
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from chatserver import rules, store
from chatserver.rules.articles import CARRIED, POLICIES, STATUS
from chatserver.rules.audience import rooms
from chatserver.rules.events import Event, Message
from chatserver.rules.not_in_code import FIRST_WORDS, NOT_IN_CODE, NOT_YET
from chatserver.rules.ticket import Ticket
from chatserver.rules.transitions import CHANGES, KINDS, STATES, TRANSITIONS
from chatserver.store.tickets import body_of, event_of

for package in (rules, store):
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")

MODULES = [
    importlib.import_module(f"chatserver.rules.{module.name}")
    for module in pkgutil.iter_modules(rules.__path__)
]
ARTICLES = range(1, 38)


def events(of: type[Event] = Event) -> list[type[Event]]:
    found = []
    for cls in of.__subclasses__():
        found += [cls, *events(cls)]
    return [cls for cls in found if cls.kind]


EVENTS = events()


@pytest.mark.parametrize("number", ARTICLES)
def test_each_article_is_carried_or_not_in_code_or_not_yet(number: int) -> None:
    places = [table for table in (CARRIED, NOT_IN_CODE, NOT_YET) if table.get(number)]
    assert len(places) == 1


def test_there_are_37_articles_and_each_is_quoted_to_the_letter() -> None:
    tables: list[Any] = [CARRIED, NOT_IN_CODE, NOT_YET]
    assert set().union(*tables) == set(FIRST_WORDS) == set(ARTICLES)
    law = Path(__file__).with_name("regulation.zh.txt").read_text("utf-8")
    texts = re.findall(r"^第[一二三十四五六七八九]+条\s(.+)", law, re.MULTILINE)
    for number, text in zip(ARTICLES, texts, strict=True):
        assert text.startswith(FIRST_WORDS[number]), text
    assert all(why.strip() for table in (NOT_IN_CODE, NOT_YET) for why in table.values())


@pytest.mark.parametrize("number", sorted(CARRIED))
def test_each_article_that_is_carried_has_a_test_file(number: int) -> None:
    assert (Path(__file__).parent / f"test_article_{number:02}.py").exists()


def public_rules() -> list[Any]:
    """Public functions of rules/ that make events or take a ticket or an actor and refuse."""
    found = []
    for module in MODULES:
        for name, function in vars(module).items():
            if name.startswith("_") or not inspect.isfunction(function):
                continue
            if function.__module__ == module.__name__:
                returned = function.__annotations__.get("return")
                if returned in ("list[Event]", "None"):
                    found.append(function)
    return found


#: Pieces that rules are made of, and marks; none of them is applied to a ticket by itself.
PIECES = {"withdraw_offer", "ending", "fenced", "lapse"}


@pytest.mark.parametrize("rule", public_rules(), ids=lambda rule: rule.__qualname__)
def test_each_rule_says_what_demands_it(rule: Any) -> None:
    if rule.__name__ in PIECES:
        return
    name = f"{rule.__module__.removeprefix('chatserver.')}.{rule.__qualname__}"
    marked = [names for table in (CARRIED, POLICIES) for names in table.values() if name in names]
    assert marked, f"{name} carries neither @article nor @policy"
    assert (rule.__doc__ or "").strip()


def test_a_rule_is_plain_and_quick_to_follow() -> None:
    for module in MODULES:
        text = Path(module.__file__ or "").read_text("utf-8")
        for forbidden in ("async ", "await ", "datetime.now", "utcnow", "import random", "environ"):
            assert forbidden not in text, (module.__name__, forbidden)


@pytest.mark.parametrize("event", EVENTS)
def test_each_event_has_its_place_in_every_table(event: type[Event]) -> None:
    assert KINDS[event.kind] is event
    assert any(happens is event for _, happens in TRANSITIONS), "no cell in TRANSITIONS"
    assert event in CHANGES


def test_tables_know_nothing_else() -> None:
    assert set(KINDS.values()) == set(EVENTS) == set(CHANGES)
    assert len({event.kind for event in EVENTS}) == len(EVENTS)
    assert all(cell in STATES for cell in TRANSITIONS.values())
    assert {before for before, _ in TRANSITIONS} == {"new", *STATES}


def sample(kind: Any) -> Any:
    """A value of an event's field, by its annotation."""
    if isinstance(kind, types.UnionType):
        kind = next(part for part in typing.get_args(kind) if part is not type(None))
    return {
        str: '甲"\\\n\u2028😀',
        int: 7,
        bool: True,
        float: 0.8,
        datetime: datetime(2026, 11, 23, 2, 0, 0, 123000, tzinfo=UTC),
        tuple[str, ...]: ("L0001", "L0002"),
        date: date(2026, 11, 23),
    }[kind]


@pytest.mark.parametrize("full", [True, False], ids=["full", "bare"])
@pytest.mark.parametrize("event", EVENTS)
def test_each_event_comes_back_from_the_journal(event: type[Any], full: bool) -> None:
    hints = typing.get_type_hints(event)
    wanted = [field for field in fields(event) if full or field.default is MISSING]
    made = event(**{field.name: sample(hints[field.name]) for field in wanted})
    back = event_of(event.kind, body_of(made))
    assert back == made and type(back) is event


@pytest.mark.parametrize("event", EVENTS)
def test_each_event_has_an_audience(event: type[Any]) -> None:
    hints = typing.get_type_hints(event)
    made = event(**{field.name: sample(hints[field.name]) for field in fields(event)})
    heard = rooms(Ticket("BJ20261123-000001-1", "wang", assignee="L0001"), made)
    assert heard and all(room.partition(":")[0] in ("citizen", "staff") for room in heard)
    if event.visible:
        assert "citizen:wang" in heard
    assert event.visible == issubclass(event, Message)


#: The contract's table of states (section 4). An expert answers directly whatever the state, a closed
#: ticket only in a call-back; an offer needs no transition of its own.
CONTRACT = {
    "queued": {"active", "closed", "answered"},
    "active": {"answered", "scheduled", "queued", "closed"},
    "scheduled": {"answered", "queued", "closed"},
    "answered": {"active", "closed"},
    "closed": {"active", "answered"},
}


def test_states_go_where_the_contract_says_and_nowhere_else() -> None:
    ours = {(a, b) for (a, _), b in TRANSITIONS.items() if a != b and a != "new"}
    theirs = {(a, b) for a, targets in CONTRACT.items() for b in targets}
    assert ours == theirs
    assert [TRANSITIONS[cell] for cell in TRANSITIONS if cell[0] == "new"] == ["queued"]


def test_every_refusal_has_its_status() -> None:
    assert STATUS["conflict"] == 409 and set(STATUS.values()) <= set(range(400, 504))
