"""Whatever people and time do, in any order: a ticket's life keeps these promises."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from chatserver.rules import answering, asking, deadlines, routing
from chatserver.rules.articles import Refused
from chatserver.rules.audience import authorize, visible_to
from chatserver.rules.events import (
    Accepted,
    Answered,
    Closed,
    Event,
    HandedOver,
    Message,
    Noticed,
    Rated,
    Read,
    Reopened,
)
from chatserver.rules.people import SYSTEM, Actor, Lawyer
from chatserver.store.tickets import body_of, event_of
from tests.rules.life import CHEN, FIGURES, LIU, START, WANG, ZHAO, Life

LAWYERS = st.sampled_from([CHEN, CHEN, LIU])
SPANS = st.sampled_from([0, 0.001, 1, 29.999, 30, 60, 599, 600, 900, 3600, 18_000, 259_200])
AFTER_THE_END = (Noticed, Rated, Read)


class TicketLife(RuleBasedStateMachine):
    """Every act goes the road's way: authorised, decided, applied; or refused, and nothing changed."""

    def __init__(self) -> None:
        super().__init__()
        self.life = Life()
        self.times: list[datetime] = []
        self.ids = 0

    @initialize(kind=st.sampled_from(["live", "message"]), depth=st.integers(0, 4))
    def asked(self, kind: str, depth: int) -> None:
        """From the opening on, or with some of the usual way behind it."""
        self.life.open(kind=kind)
        self.times += [self.life.now] * len(self.life.events)
        usual = [
            lambda: self.the_router_offers(CHEN),
            lambda: self.a_lawyer_accepts(CHEN) if kind == "live" else self.a_lawyer_claims(CHEN),
            lambda: self.a_lawyer_says(CHEN),
            lambda: self.a_lawyer_answers(CHEN),
        ]
        for step in usual[:depth]:
            step()

    def act(
        self, action: str, actor: Actor, do: Callable[..., list[Event]], *args: Any
    ) -> list[Event]:
        before, known = self.life.ticket, len(self.life.events)
        try:
            authorize(actor, action, before)
            events = do(before, self.life.now, *args)
            ticket = before
            for event in events:
                ticket = ticket.after(event, self.life.now)
        except Refused as refused:
            if refused.code not in ("conflict", "not_found", "invalid"):
                raise
            assert self.life.ticket is before and len(self.life.events) == known
            return []
        self.life.happen(events)
        self.times += [self.life.now] * len(events)
        return events

    def new_id(self) -> str:
        self.ids += 1
        return f"id-{self.ids}"

    @rule(span=SPANS)
    def time_passes(self, span: float) -> None:
        self.life.later(timedelta(seconds=span))

    @rule(lawyer=LAWYERS)
    def the_router_offers(self, lawyer: Lawyer) -> None:
        self.act("offer", SYSTEM, routing.offer, SYSTEM, lawyer.staff_no, FIGURES.offer_timeout)

    @rule(lawyer=LAWYERS)
    def a_lawyer_accepts(self, lawyer: Lawyer) -> None:
        self.act("accept", lawyer, answering.accept, lawyer)

    @rule(lawyer=LAWYERS)
    def a_lawyer_declines(self, lawyer: Lawyer) -> None:
        self.act("decline", lawyer, answering.decline, lawyer, None, FIGURES.offer_timeout)

    @rule(lawyer=LAWYERS)
    def a_lawyer_claims(self, lawyer: Lawyer) -> None:
        self.act("claim", lawyer, answering.claim, lawyer)

    @rule()
    def the_citizen_says(self) -> None:
        self.act("send", WANG, asking.send, WANG, self.new_id(), "问")

    @rule(lawyer=LAWYERS)
    def a_lawyer_says(self, lawyer: Lawyer) -> None:
        self.act("send", lawyer, answering.send, lawyer, self.new_id(), "说")

    @rule(lawyer=LAWYERS)
    def a_lawyer_answers(self, lawyer: Lawyer) -> None:
        self.act("answer", lawyer, answering.answer, lawyer, self.new_id(), "答")

    @rule(lawyer=LAWYERS)
    def a_lawyer_closes(self, lawyer: Lawyer) -> None:
        self.act("close", lawyer, answering.close, lawyer)

    @rule()
    def the_citizen_withdraws(self) -> None:
        self.act("withdraw", WANG, asking.withdraw, WANG)

    @rule()
    def the_citizen_converts(self) -> None:
        self.act("convert", WANG, asking.convert, WANG, FIGURES)

    @rule(satisfied=st.booleans())
    def the_citizen_rates(self, satisfied: bool) -> None:
        from chatserver.rules.feedback import rate

        self.act("rate", WANG, rate, WANG, satisfied)

    @rule(late=st.integers(0, 1))
    def the_lawyer_is_lost(self, late: int) -> None:
        epoch = self.life.ticket.epoch - late
        events = self.act("hand_over", SYSTEM, answering.hand_over, SYSTEM, epoch)
        assert not (events and late), "an old epoch decides nothing"

    @rule()
    def the_drop_is_noticed(self) -> None:
        epoch = self.life.ticket.epoch
        self.act("notice_drop", SYSTEM, answering.notice_drop, SYSTEM, epoch)

    @rule(back=st.integers(0, 3), citizen=st.booleans(), lawyer=LAWYERS)
    def somebody_reads(self, back: int, citizen: bool, lawyer: Lawyer) -> None:
        actor: Actor = WANG if citizen else lawyer
        by = "citizen" if citizen else "staff"
        self.act("read", actor, asking.read, by, self.life.ticket.last_seq - back)

    @rule()
    def the_clock_looks(self) -> None:
        """Early it does nothing; late it makes progress, and then there is nothing left due."""
        due = deadlines.next_due(self.life.ticket)
        events = self.act("lapse", SYSTEM, deadlines.lapse, SYSTEM)
        assert bool(events) == (due is not None and due <= self.life.now)
        for _ in range(10):
            due = deadlines.next_due(self.life.ticket)
            if due is None or due > self.life.now:
                return
            assert self.act("lapse", SYSTEM, deadlines.lapse, SYSTEM)
        raise AssertionError("a deadline lapses for ever")

    @invariant()
    def numbers_have_no_gap(self) -> None:
        life = self.life
        assert life.ticket.entry == len(life.events)
        assert life.ticket.last_seq == sum(event.visible for event in life.events)

    @invariant()
    def ids_of_an_author_are_unique(self) -> None:
        said = [(e.author, e.id) for e in self.life.events if isinstance(e, Message)]
        assert len(said) == len(set(said))

    @invariant()
    def there_is_at_most_one_lawyer(self) -> None:
        ticket = self.life.ticket
        holder = None
        for event in self.life.events:
            if isinstance(event, Accepted):
                assert holder is None, "accepted while somebody held it"
                holder = event.staff_no
            elif isinstance(event, HandedOver):
                assert holder == event.staff_no
                holder = None
        assert ticket.assignee == holder
        assert (holder is not None) == (ticket.state in ("active", "scheduled", "answered")) or (
            ticket.state == "closed"
        )
        assert ticket.offered_to is None or (ticket.state == "queued" and ticket.kind == "live")

    @invariant()
    def the_risk_is_told_once_and_right_before_the_first_staff_message(self) -> None:
        talk = [event for event in self.life.events if isinstance(event, Message)]
        staff = [place for place, event in enumerate(talk) if event.by == "staff"]
        told = [
            place
            for place, event in enumerate(talk)
            if isinstance(event, Noticed) and event.notice == "disclaimer"
        ]
        assert told == ([staff[0] - 1] if staff else [])

    @invariant()
    def nothing_happens_after_the_end_but_rating_reading_and_notices(self) -> None:
        kinds = [type(event) for event in self.life.events]
        if Closed in kinds:
            assert kinds.count(Closed) == 1 and self.life.ticket.state == "closed"
            assert all(kind in AFTER_THE_END for kind in kinds[kinds.index(Closed) + 1 :])
            assert deadlines.pending(self.life.ticket) == []

    @invariant()
    def the_clock_is_due_its_time_after_what_began_it(self) -> None:
        ticket = self.life.ticket
        begun = START
        for event, at in zip(self.life.events, self.times, strict=True):
            if isinstance(event, Reopened):
                begun = at
        assert ticket.answer_due_at == begun + timedelta(seconds=ticket.answer_within)
        running = deadlines.clock(ticket, self.life.now)
        assert (running is not None) == (ticket.state in ("queued", "active"))
        if running is not None:
            assert running.late == (running.due_at <= self.life.now)

    @invariant()
    def closing_as_answered_takes_an_answer(self) -> None:
        if self.life.ticket.outcome == "answered":
            assert any(isinstance(event, Answered) for event in self.life.events)

    @invariant()
    def a_stranger_sees_nothing_and_a_former_lawyer_no_more_than_then(self) -> None:
        ticket = self.life.ticket
        assert visible_to(ZHAO, ticket) is None and visible_to(WANG, ticket) == ticket.last_seq
        for lawyer in (CHEN, LIU):
            seen = visible_to(lawyer, ticket)
            if lawyer.staff_no not in (ticket.assignee, ticket.offered_to):
                assert seen == dict(ticket.former).get(lawyer.staff_no)

    @invariant()
    def the_journal_gives_the_ticket_back(self) -> None:
        again = Life().ticket
        for event, at in zip(self.life.events, self.times, strict=True):
            again = again.after(event_of(event.kind, body_of(event)), at)
        assert again == self.life.ticket


TestTicketLife = TicketLife.TestCase
TestTicketLife.settings = settings(stateful_step_count=40)
