"""Whatever people and time do, in any order: a ticket's life keeps these promises."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from chatserver.rules import (
    answering,
    asking,
    backstage,
    callback,
    clocks,
    custody,
    deadlines,
    experts,
    feedback,
    panel,
    promising,
    refusing,
    reviewing,
    routing,
    supervising,
)
from chatserver.rules.articles import Refused
from chatserver.rules.audience import authorize, visible_to
from chatserver.rules.changes_desks import TOLD
from chatserver.rules.events import Event, Message
from chatserver.rules.events_desks import (
    CallbackBegun,
    CallbackDone,
    CallbackOpened,
    Lapsed,
    Warned,
)
from chatserver.rules.events_talk import (
    Accepted,
    Answered,
    Closed,
    Converted,
    HandedOver,
    Noticed,
    Reopened,
    Resumed,
    Scheduled,
    Sent,
)
from chatserver.rules.ladder import to_come
from chatserver.rules.people import SYSTEM, Actor, Expert, Lawyer
from chatserver.rules.transitions import ANYWHERE
from chatserver.store.tickets import body_of, event_of
from tests.rules.life import CHEN, FENG, FIGURES, HAN, LIU, QIAN, START, WANG, ZHAO, Life

LAWYERS = st.sampled_from([CHEN, CHEN, LIU])
SPANS = st.sampled_from([0, 0.001, 1, 29.999, 30, 60, 599, 600, 900, 3600, 18_000, 259_200])
EXPERTS = st.sampled_from([QIAN, QIAN, HAN])
#: What begins a clock, and with it a ladder.
BEGINNINGS = (Reopened, Scheduled, Converted, CallbackOpened, CallbackBegun, CallbackDone)
#: After the end nobody speaks but the service, and nobody takes the ticket.
SPOKEN = (Sent, Accepted, HandedOver, Converted, Scheduled)


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
            if refused.code not in ("conflict", "not_found", "invalid", "forbidden"):
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
        self.act("rate", WANG, feedback.rate, WANG, satisfied)

    @rule(lawyer=LAWYERS, hours=st.sampled_from([-1, 1, 30]))
    def a_lawyer_promises(self, lawyer: Lawyer, hours: int) -> None:
        at = self.life.now + timedelta(hours=hours)
        self.act("schedule", lawyer, promising.schedule, lawyer, at, "需要核对")

    @rule(lawyer=LAWYERS)
    def a_lawyer_asks_the_citizen(self, lawyer: Lawyer) -> None:
        self.act("ask", lawyer, promising.ask, lawyer, self.new_id(), "何时？")

    @rule(lawyer=LAWYERS, ground=st.sampled_from(["in_litigation", "repeated", "abuse"]))
    def a_lawyer_refuses(self, lawyer: Lawyer, ground: str) -> None:
        self.act("refuse", lawyer, refusing.refuse, lawyer, ground)

    @rule(upheld=st.booleans())
    def the_operator_decides(self, upheld: bool) -> None:
        self.act("decide_abuse", FENG, refusing.decide_abuse, FENG, upheld, "理由")

    @rule()
    def the_citizen_appeals(self) -> None:
        self.act("appeal", WANG, refusing.appeal, WANG, "不服")

    @rule(lawyer=LAWYERS)
    def a_lawyer_notes(self, lawyer: Lawyer) -> None:
        self.act("note", lawyer, backstage.note, lawyer, "内部")

    @rule(lawyer=LAWYERS, to=st.sampled_from([None, "L0001", "L0002"]))
    def a_lawyer_passes_it_on(self, lawyer: Lawyer, to: str | None) -> None:
        timeout = FIGURES.offer_timeout
        self.act("transfer", lawyer, backstage.transfer, lawyer, to, None, "交接", timeout)

    @rule(lawyer=LAWYERS)
    def a_lawyer_asks_the_panel(self, lawyer: Lawyer) -> None:
        self.act("escalate", lawyer, experts.escalate, lawyer, "unclear", "如何？")

    @rule(expert=EXPERTS)
    def an_expert_claims(self, expert: Expert) -> None:
        self.act("panel", expert, experts.claim, expert, self.life.ticket.escalation or "")

    @rule(expert=EXPERTS)
    def an_expert_is_asked(self, expert: Expert) -> None:
        id, timeout = self.life.ticket.escalation or "", FIGURES.panel_offer_timeout
        self.act("offer_expert", SYSTEM, panel.offer, SYSTEM, id, expert.staff_no, timeout)

    @rule(expert=EXPERTS)
    def an_expert_passes_it_on(self, expert: Expert) -> None:
        self.act("panel", expert, panel.pass_on, expert, self.life.ticket.escalation or "")

    @rule(expert=EXPERTS, stays=st.booleans())
    def an_expert_reads_along(self, expert: Expert, stays: bool) -> None:
        self.act("read_along", expert, supervising.read_along, expert)
        if not stays:
            self.act("leave", expert, supervising.leave, expert)

    @rule(expert=EXPERTS)
    def an_expert_steps_in(self, expert: Expert) -> None:
        self.act("step_in", expert, supervising.step_in, expert, self.new_id(), "补充一点")

    @rule(expert=EXPERTS, directly=st.booleans())
    def an_expert_settles(self, expert: Expert, directly: bool) -> None:
        id = self.life.ticket.escalation or ""
        if directly:
            rule_ = experts.answer_directly
            self.act("panel", expert, rule_, expert, self.new_id(), "解答", id)
        else:
            self.act("panel", expert, experts.opinion, expert, id, "意见")

    @rule(lawyer=LAWYERS)
    def a_lawyer_corrects(self, lawyer: Lawyer) -> None:
        answers = self.life.ticket.answers
        seq = answers[0][0] if answers else 0
        self.act("correct", lawyer, reviewing.correct, lawyer, self.new_id(), "更正", seq, "原因")

    @rule(who=st.sampled_from(["same", "another", "expert"]))
    def the_citizen_chooses_the_call_back(self, who: str) -> None:
        at = self.life.now + timedelta(hours=1)
        self.act("callback_choose", WANG, callback.choose, WANG, at, who)

    @rule(lawyer=LAWYERS)
    def a_lawyer_begins_the_call_back(self, lawyer: Lawyer) -> None:
        self.act("callback_begin", lawyer, callback.begin, lawyer)

    @rule(lawyer=LAWYERS)
    def a_lawyer_tries_to_call(self, lawyer: Lawyer) -> None:
        self.act("callback_attempt", lawyer, callback.attempt, lawyer, "未接通")

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
        for _ in range(20):
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
    def the_column_of_the_timers_is_the_first_of_what_is_to_come(self) -> None:
        ticket = self.life.ticket
        first = min((deadline.due for deadline in deadlines.pending(ticket)), default=None)
        assert deadlines.next_due(ticket) == first, "what is remembered of it is out of date"

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
                # Nobody held what an expert answered in the queue; asked on, it goes back there.
                assert holder in (event.staff_no, None)
                holder = None
            elif isinstance(event, CallbackBegun):
                holder = event.staff_no
        assert ticket.assignee == holder
        if ticket.state in ("queued", "active", "scheduled"):
            assert (holder is not None) == (ticket.state != "queued")
        assert ticket.offered_to is None or ticket.state == "queued"
        assert ticket.escalation_reason is None or ticket.escalation_reason in experts.TOLD_AS

    @invariant()
    def the_risk_is_told_once_and_right_before_the_first_staff_message(self) -> None:
        talk = [event for event in self.life.events if isinstance(event, Message)]
        staff = [place for place, event in enumerate(talk) if event.by in ("staff", "expert")]
        told = [
            place
            for place, event in enumerate(talk)
            if isinstance(event, Noticed) and event.notice == "disclaimer"
        ]
        assert len(told) <= 1
        if staff:
            [place] = told
            assert place == staff[0] - 1
        else:
            assert told == []

    @invariant()
    def after_the_end_nobody_speaks_unless_a_call_back_reopens_it(self) -> None:
        ended = False
        for event in self.life.events:
            if isinstance(event, Closed):
                assert not ended
                ended = True
            elif isinstance(event, CallbackBegun) or (
                isinstance(event, Answered) and event.by == "expert"
            ):
                ended = False
            assert not (ended and isinstance(event, SPOKEN)), event
        assert ended == (self.life.ticket.state == "closed")
        if ended and self.life.ticket.callback not in ("open", "begun"):
            # What the panel still has outlives the talk: it ends with an answer or the operator.
            panel = self.life.ticket.escalation_state in ("open", "claimed")
            outlives = {"panel", "panel_offer"} if panel else set()
            outlives |= {"review"} if self.life.ticket.open_reviews else set()
            # So does what waits for the operator.
            outlives |= {"appeal"} if self.life.ticket.appeal == "open" else set()
            outlives |= {"abuse"} if self.life.ticket.abuse == "proposed" else set()
            assert {deadline.kind for deadline in deadlines.pending(self.life.ticket)} <= outlives

    @invariant()
    def no_step_of_a_ladder_is_taken_twice(self) -> None:
        taken: set[str] = set()
        for event in self.life.events:
            if isinstance(event, BEGINNINGS):
                taken = set()
            own = isinstance(event, Warned) and event.clock not in TOLD
            rung = event.rung if own else None
            rung = "lapse" if isinstance(event, Lapsed) else rung
            if isinstance(event, Closed):
                taken = set()
            if rung is not None:
                assert rung not in taken, rung
                taken.add(rung)

    @invariant()
    def nobody_held_it_for_longer_than_its_clock_has_run(self) -> None:
        ticket = self.life.ticket
        assert ticket.clock_from is not None
        held = custody.held(ticket, self.life.now)
        assert sum(held.values()) <= (self.life.now - ticket.clock_from) / timedelta(milliseconds=1)
        assert (ticket.custody_from is None) == (custody.hands(ticket.__dict__) is None)

    @invariant()
    def what_is_internal_has_no_number(self) -> None:
        for event in self.life.events:
            assert not (event.visible and isinstance(event, ANYWHERE))

    @invariant()
    def the_clock_is_due_its_time_after_what_began_it(self) -> None:
        """One clock at most: of an answer, a promise or a call-back; stopped time does not count."""
        ticket = self.life.ticket
        begun, stood, stopped, promise = START, timedelta(), None, None
        for event, at in zip(self.life.events, self.times, strict=True):
            if isinstance(event, Reopened):
                begun, stood, promise = at, timedelta(), None
            elif event.kind == "asked":
                stopped = at
            elif isinstance(event, Resumed):
                assert stopped is not None
                stood += at - stopped if ticket.callback is None else timedelta()
            elif isinstance(event, Scheduled):
                promise = event.promised_at
            elif isinstance(event, Answered):
                promise = None
        running = clocks.running(ticket)
        if running is None:
            assert ticket.state in ("answered", "closed")
            assert ticket.callback not in ("open", "begun")
        elif running[0] == "callback":
            assert ticket.callback in ("open", "begun")
        elif running[0] == "promise":
            assert ticket.state == "scheduled" and running[1] == promise
        else:
            assert ticket.state in ("queued", "active")
            if promise is None and ticket.callback is None:
                within = timedelta(seconds=ticket.answer_within)
                assert running[1] == begun + within + stood
        shown = clocks.clock(ticket, self.life.now)
        assert (shown is None) == (running is None)
        if ticket.suspended_at is not None:
            assert ticket.state in ("queued", "active") and to_come(ticket) == ()

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
    def the_panel_is_asked_for_what_is_open_and_every_expert_was_introduced(self) -> None:
        ticket = self.life.ticket
        assert (ticket.panel_offered_to is None) == (ticket.panel_offer_expires_at is None)
        assert ticket.panel_offered_to is None or ticket.escalation_state == "open"
        assert (not ticket.readers) == (ticket.readers_until is None)
        assert not (ticket.readers and ticket.state == "closed")
        met: set[str | None] = set()
        for event in self.life.events:
            if event.kind == "joined":
                met.add(getattr(event, "staff_no", None))
            elif isinstance(event, Message) and event.by == "expert":
                assert event.staff_no in met
        assert met == set(ticket.joined)

    @invariant()
    def what_the_panel_has_always_has_a_clock_or_the_operator(self) -> None:
        ticket = self.life.ticket
        if ticket.escalation_state in ("open", "claimed") and clocks.running(ticket) is None:
            asked = [n for n, one in enumerate(self.life.events) if one.kind == "escalated"][-1]
            called = [one for one in self.life.events[asked:] if isinstance(one, Warned)]
            told = any((one.rung, one.clock) == ("operator", "panel") for one in called)
            assert ticket.escalation_due_at is not None or told

    @invariant()
    def the_journal_gives_the_ticket_back(self) -> None:
        again = Life().ticket
        for event, at in zip(self.life.events, self.times, strict=True):
            again = again.after(event_of(event.kind, body_of(event)), at)
        assert again == self.life.ticket


TestTicketLife = TicketLife.TestCase
TestTicketLife.settings = settings(stateful_step_count=40)
