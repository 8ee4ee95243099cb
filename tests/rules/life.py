"""A ticket's life without a database: rules are applied, events happen, and are kept in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from chatserver.rules import answering, asking, deadlines, feedback, routing
from chatserver.rules.articles import Refused
from chatserver.rules.events import Event, Message
from chatserver.rules.people import SYSTEM, Actor, Citizen, Expert, Lawyer, Staff
from chatserver.rules.policy import Policy
from chatserver.rules.question import Question
from chatserver.rules.ticket import Ticket

START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
NUMBER = "BJ20261123-000001-1"
WANG = Citizen("wang", verified=True, agreed=True)
ZHAO = Citizen("zhao", verified=True, agreed=True)
CHEN = Lawyer("chen", "L0001", "lawyer")
LIU = Lawyer("liu", "L0002", "notary")
QIAN = Expert("qian", "E0001", "lawyer")
HAN = Expert("han", "E0002", "lawyer")
HUANG = Staff("huang", "S0001", "backoffice")
FENG = Staff("feng", "S0002", "operator")
TANG = Staff("tang", "S0003", "supervisor")
GUO = Staff("guo", "S0005", "operator")
FIGURES = Policy()
MINUTE = timedelta(minutes=1)


def refusal(rule: Any, *args: Any, **named: Any) -> Refused:
    """What the rule refuses with."""
    try:
        events = rule(*args, **named)
    except Refused as error:
        return error
    raise AssertionError(f"not refused: {events}")


@dataclass
class Life:
    """One ticket, what happened to it, and the present time."""

    ticket: Ticket = field(default_factory=lambda: Ticket(NUMBER, WANG.account))
    now: datetime = START
    events: list[Event] = field(default_factory=list)
    figures: Policy = FIGURES

    def happen(self, events: Sequence[Event]) -> list[Event]:
        for event in events:
            self.ticket = self.ticket.after(event, self.now)
            self.events.append(event)
        return list(events)

    def do(self, rule: Any, actor: Actor, *args: Any, **named: Any) -> list[Event]:
        """Applies any rule of the kind `rule(ticket, now, actor, ...)`."""
        return self.happen(rule(self.ticket, self.now, actor, *args, **named))

    def later(self, span: timedelta) -> Life:
        self.now += span
        return self

    def open(self, **changes: Any) -> Life:
        asked: dict[str, Any] = {"id": "q-1", "kind": "live", "category": "labour", "body": "工资"}
        self.happen(asking.open_ticket(WANG, self.now, self.figures, Question(**(asked | changes))))
        return self

    def offer(self, lawyer: Lawyer = CHEN) -> Life:
        timeout = self.figures.offer_timeout
        self.happen(routing.offer(self.ticket, self.now, SYSTEM, lawyer.staff_no, timeout))
        return self

    def accept(self, lawyer: Lawyer = CHEN) -> list[Event]:
        return self.happen(answering.accept(self.ticket, self.now, lawyer))

    def decline(self, lawyer: Lawyer = CHEN, reason: str | None = None) -> list[Event]:
        after = self.figures.offer_timeout
        return self.happen(answering.decline(self.ticket, self.now, lawyer, reason, after))

    def ask_on(self, id: str = "c-1", body: str = "还有") -> list[Event]:
        return self.happen(asking.send(self.ticket, self.now, WANG, id, body))

    def say(self, lawyer: Lawyer = CHEN, id: str = "l-1", body: str = "您好") -> list[Event]:
        return self.happen(answering.send(self.ticket, self.now, lawyer, id, body))

    def answer(self, lawyer: Lawyer = CHEN, id: str = "a-1", body: str = "可以") -> list[Event]:
        return self.happen(answering.answer(self.ticket, self.now, lawyer, id, body))

    def close(self, lawyer: Lawyer = CHEN) -> list[Event]:
        return self.happen(answering.close(self.ticket, self.now, lawyer))

    def withdraw(self) -> list[Event]:
        return self.happen(asking.withdraw(self.ticket, self.now, WANG))

    def convert(self) -> list[Event]:
        return self.happen(asking.convert(self.ticket, self.now, WANG, self.figures))

    def claim(self, lawyer: Lawyer = CHEN) -> list[Event]:
        return self.happen(answering.claim(self.ticket, self.now, lawyer))

    def rate(self, satisfied: bool = True, **more: Any) -> list[Event]:
        return self.happen(feedback.rate(self.ticket, self.now, WANG, satisfied, **more))

    def hand_over(self, epoch: int | None = None) -> list[Event]:
        epoch = self.ticket.epoch if epoch is None else epoch
        return self.happen(answering.hand_over(self.ticket, self.now, SYSTEM, epoch))

    def lapse(self) -> list[Event]:
        return self.happen(deadlines.lapse(self.ticket, self.now, SYSTEM))

    def until_quiet(self) -> list[Event]:
        """Everything that has fallen due by now."""
        done: list[Event] = []
        while events := self.lapse():
            done += events
        return done

    @property
    def talk(self) -> list[str]:
        """What the citizen sees: notices by their name, messages by their type."""
        return [
            getattr(event, "notice", "") or event.type
            for event in self.events
            if isinstance(event, Message)
        ]


def met(**changes: Any) -> Life:
    """A live ticket that Chen has accepted."""
    life = Life().open(**changes).offer()
    life.accept()
    return life
