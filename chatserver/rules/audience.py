"""Who may come in, who may do what, and who may hear what (25). Every event, route and push passes through here."""

from __future__ import annotations

from collections.abc import Callable, Container

from .articles import Refused, article
from .audience_panel import (
    NO_HAND,
    Hand,
    experts_in,
    joins,
    opened,
    panel,
    reader,
    speaks,
    whispers,
)
from .events import Event
from .events_desks import CallbackEntrusted, ContactRefused, Noted, Reviewed, Warned
from .events_panel import EscalationOffered, EscalationPassed, ReadingEnded
from .events_talk import HandedOver, Offered, OfferEnded
from .people import Account, Actor, Citizen, Expert, Lawyer, Staff, System
from .ticket import Ticket


def _owner(actor: Actor, ticket: Ticket) -> bool:
    return isinstance(actor, Citizen) and actor.account == ticket.citizen


def _holder(actor: Actor, ticket: Ticket) -> bool:
    return isinstance(actor, Lawyer) and actor.staff_no == ticket.assignee


def _party(actor: Actor, ticket: Ticket) -> bool:
    return _owner(actor, ticket) or _holder(actor, ticket)


def _offered(actor: Actor, ticket: Ticket) -> bool:
    return isinstance(actor, Lawyer) and actor.staff_no in ticket.offered_before


def _pool(actor: Actor, ticket: Ticket) -> bool:
    """Written messages are everyone's to take, and a call-back that another lawyer is to make, or anyone
    since nobody holds it."""
    if not isinstance(actor, Lawyer):
        return False
    anyones = ticket.assignee is None or ticket.callback_who == "another"
    return ticket.kind == "message" or (anyones and _caller(actor, ticket))


def _viewer(actor: Actor, ticket: Ticket) -> bool:
    return visible_to(actor, ticket) is not None


def _author(actor: Actor, ticket: Ticket) -> bool:
    """Who answered may put the answer right, even when the ticket has gone on."""
    given = {by for _, by in ticket.answers}
    return isinstance(actor, (Lawyer, Expert)) and actor.staff_no in given


def _settles(actor: Actor, ticket: Ticket) -> bool:
    return _author(actor, ticket) or _holder(actor, ticket)


def _debtor(actor: Actor, ticket: Ticket) -> bool:
    """Who is to explain a delay may, even when the ticket has gone on."""
    return isinstance(actor, Lawyer) and actor.staff_no in (ticket.assignee, *ticket.owing)


def _caller(actor: Actor, ticket: Ticket) -> bool:
    """Who knows of a call-back: the holder; others if the citizen wished for another, or nobody held it
    and no expert is to make it. Which of them may make it, the rule says."""
    if _holder(actor, ticket):
        return True
    if not isinstance(actor, Lawyer) or ticket.callback is None:
        return False
    if ticket.callback_who == "expert" and ticket.escalation_state in ("open", "claimed"):
        return False
    return ticket.assignee is None or ticket.callback_who == "another"


def _operator(actor: Actor, ticket: Ticket) -> bool:
    """Who is asked to decide: on a proposal of abuse, or on an appeal."""
    return _role(actor, "operator") and (ticket.abuse or ticket.appeal) is not None


def _second(actor: Actor, ticket: Ticket) -> bool:
    """Who decides an appeal; against an operator's finding the bureau too, where there is but one operator."""
    found = ticket.appeal is not None and ticket.abuse == "upheld"
    return _operator(actor, ticket) or (found and _role(actor, "supervisor"))


def _on_duty(actor: Actor, ticket: Ticket) -> bool:
    """The operator on duty, who is called when a question stands still, may know how any stands and find
    somebody for it; what is said in it is not theirs to read (`visible_to`)."""
    return _role(actor, "operator")


def _backoffice(actor: Actor, ticket: Ticket) -> bool:
    """Who was asked for support may reply; the operator where no house has anybody to ask, or nobody did."""
    asked = _role(actor, "backoffice") or _role(actor, "operator")
    return asked and ticket.notes > 0


def _institution(actor: Actor, ticket: Ticket) -> bool:
    """The back office; whose lawyer holds the ticket is looked up before."""
    return _role(actor, "backoffice")


def _explained(actor: Actor, ticket: Ticket) -> bool:
    """Times and rules, and nothing that was said; a back office's own lawyers are looked up before."""
    if isinstance(actor, Staff):
        return actor.role in ("supervisor", "operator", "backoffice")
    return _party(actor, ticket) or whispers(actor, ticket)


def _role(actor: Actor, role: str) -> bool:
    return isinstance(actor, Staff) and actor.role == role


def _clock(actor: Actor, ticket: Ticket) -> bool:
    return isinstance(actor, System)


def _talks(actor: Actor, ticket: Ticket) -> bool:
    """An expert too, once the citizen was told that one speaks."""
    introduced = isinstance(actor, Expert) and actor.staff_no in ticket.joined
    return _party(actor, ticket) or (introduced and speaks(actor, ticket))


#: action -> who may; an action that is not here is nobody's.
PERMITTED: dict[str, Callable[[Actor, Ticket], bool]] = {
    "see": _viewer,
    "send": _party,
    "read": _party,
    "typing": _talks,
    "convert": _owner,
    "withdraw": _owner,
    "rate": _owner,
    "confirm": _owner,
    "accept": _offered,
    "decline": _offered,
    "claim": _pool,
    "answer": _holder,
    "close": _holder,
    "schedule": _holder,
    "explain_delay": _debtor,
    "ask": _holder,
    "offline": _holder,
    "transfer": _holder,
    "escalate": _holder,
    "refuse": _holder,
    "note": _holder,
    "support": _holder,
    "support_reply": _backoffice,
    "correct": _author,
    "settle": _settles,
    "callback_choose": _owner,
    "callback_begin": _caller,
    "callback_attempt": _caller,
    "appeal": _owner,
    "know_referral": _owner,
    "decide_abuse": _operator,
    "decide_appeal": _second,
    "standing": _on_duty,
    "release": _on_duty,
    "find_lawyer": _on_duty,
    "explain": _explained,
    "stand_in": _institution,
    "panel": panel,
    "panel_note": whispers,
    "read_along": joins,
    "leave": reader,
    "step_in": speaks,
    "offer_expert": _clock,
    "recompute": _clock,
    "offer": _clock,
    "lapse": _clock,
    "hand_over": _clock,
    "notice_drop": _clock,
}


@article(25)
def authorize(actor: Actor, action: str, ticket: Ticket | None) -> None:
    """应当保守在法律咨询活动中获取的国家秘密、商业秘密和个人隐私。

    Raises `not_found`, alike for a missing ticket and for a stranger's.
    """
    if ticket is None or not PERMITTED[action](actor, ticket):
        raise Refused("not_found")


@article(25)
def admit(account: Account | None, roles: Container[str]) -> None:
    """What the door is to a namespace or an address, `authorize` is to a ticket. `roles`: who is let in,
    with `anonymous` for those without an account. Raises `unauthenticated` or `forbidden`."""
    if (account.role if account is not None else "anonymous") not in roles:
        raise Refused("unauthenticated" if account is None else "forbidden")


@article(25)
def may_read(actor: Actor, ticket: Ticket | None, hand: Hand = NO_HAND) -> int:
    """The last `seq` that `actor` may read; `not_found`, alike for a missing ticket and for a stranger's.
    `hand` as in `visible_to`."""
    seq = None if ticket is None else visible_to(actor, ticket, hand)
    if seq is None:
        raise Refused("not_found")
    return seq


def visible_to(actor: Actor, ticket: Ticket, hand: Hand = NO_HAND) -> int | None:
    """The last `seq` that `actor` may read, or None for nothing at all. `hand` is what the desks' rows tell of
    an expert.

    A lawyer reads a ticket that is theirs or on offer to them, and one they lost up to that point.
    """
    if _owner(actor, ticket) or isinstance(actor, System):
        return ticket.last_seq
    if isinstance(actor, Lawyer):
        if actor.staff_no in (ticket.assignee, ticket.offered_to):
            return ticket.last_seq
        return dict(ticket.former).get(actor.staff_no)
    if isinstance(actor, Staff) and actor.role == "supervisor":
        return ticket.last_seq
    if isinstance(actor, Staff) and actor.role == "operator":
        return ticket.last_seq if ticket.abuse or ticket.appeal or ticket.outcome else None
    if isinstance(actor, Expert) and (reader(actor, ticket) or opened(actor, ticket, hand)):
        return ticket.last_seq
    return None


def parties(ticket: Ticket) -> list[str]:
    """The rooms of the people in a talk: the citizen, the holder, and experts who follow it."""
    found = [f"citizen:{ticket.citizen}"]
    if ticket.assignee is not None:
        found.append(f"staff:{ticket.assignee}")
    if ticket.readers or ticket.escalated_to:
        found += [f"staff:{staff_no}" for staff_no in experts_in(ticket)]
    return found


@article(25)
def rooms(ticket: Ticket, event: Event) -> list[str]:
    """The rooms that hear of `event`: the citizen's and the holder's, and whom the event itself names."""
    heard = parties(ticket)
    if event.visible:
        return heard
    if isinstance(event, (HandedOver, CallbackEntrusted)):
        heard.append(f"staff:{event.staff_no}")
    if isinstance(event, (Offered, OfferEnded)):
        return [f"staff:{event.staff_no}"]
    if isinstance(event, ContactRefused):
        return [f"staff:{event.staff_no}"]
    if isinstance(event, (EscalationOffered, EscalationPassed)):
        # Whom the panel asks is its own affair; that nobody has it any more is the citizen's too.
        reopens = isinstance(event, EscalationPassed) and event.reopens
        return [*(heard if reopens else []), f"staff:{event.staff_no}"]
    if isinstance(event, ReadingEnded):
        return [*heard, f"staff:{event.staff_no}"]
    if isinstance(event, Warned):
        return [f"staff:{event.staff_no}"] if event.staff_no else []
    if isinstance(event, (Noted, Reviewed)):
        # A reply goes to who asked as well, though the ticket may be another's by now.
        asker = event.to if isinstance(event, Noted) else None
        heard_by = {ticket.assignee, *experts_in(ticket), asker}
        return [f"staff:{no}" for no in sorted(no for no in heard_by if no is not None)]
    return heard


def room_of(actor: Actor) -> str:
    """The one room that every connection of this actor is in."""
    return f"citizen:{actor.account}" if isinstance(actor, Citizen) else f"staff:{actor.pseudonym}"
