"""What the operator on duty does for a question that stands still (23, 26): frees it, and finds somebody for it.

Of the talk itself nothing is seen or changed here (25).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from . import notices
from .articles import Refused, WrongState, policy
from .asking import withdraw_offer
from .bodies import checked
from .events import Event
from .events_desks import BroughtForward
from .events_panel import EscalationPassed
from .events_talk import HandedOver, Offered
from .people import Staff
from .ticket import Ticket

LONGEST_REASON = 500


@policy("the operator on duty frees what an expert has claimed and left")
def release(
    ticket: Ticket, now: datetime, operator: Staff, staff_no: str, reason: str | None = None
) -> list[Event]:
    """The question is open again, and the others of the panel are asked before this expert."""
    if reason is not None:
        checked(reason, "$.reason", LONGEST_REASON)
    if not claimed(ticket) or ticket.escalated_to != staff_no:
        raise WrongState(ticket.state, "这位专家现在没有认领这个问题。")
    assert ticket.escalation is not None
    return [EscalationPassed(ticket.escalation, staff_no, "released", reason)]


@policy("the operator on duty finds a lawyer for a question that waits or is late")
def find_lawyer(
    ticket: Ticket, now: datetime, operator: Staff, staff_no: str | None, timeout: timedelta
) -> list[Event]:
    """`staff_no` is asked first; without one, or if nobody accepts, it is at the head of the queue. Its
    number, its age and its clock stay as they are."""
    if staff_no is not None and staff_no in (ticket.assignee, ticket.offered_to):
        path = {"path": "$.staff_no", "problem": "has it, or is asked already"}
        raise Refused("invalid", "已由对方承办，或者正在等对方接手。", details=[path])
    offered: list[Event] = [] if staff_no is None else [Offered(staff_no, now + timeout)]
    if stuck(ticket):
        assert ticket.assignee is not None
        said = notices.notice("transferred", notices.PASSED_ON, ticket.entry + 1)
        return [said, HandedOver(ticket.assignee, "operator"), *offered]
    if ticket.state != "queued":
        raise WrongState(ticket.state, "只能为等待中或者已超时的咨询另找驻场人员。")
    if staff_no is None:
        if not queues(ticket):
            raise WrongState(ticket.state, "留言按期限先后由驻场人员领取，请选择一位驻场人员。")
        return [BroughtForward()]
    return [*withdraw_offer(ticket), BroughtForward(), *offered]


def claimed(ticket: Ticket) -> bool:
    """Whether an expert has the question."""
    return ticket.escalation_state == "claimed"


def stuck(ticket: Ticket) -> bool:
    """Whether the holder is late and nothing but the holder is waited for."""
    held = ticket.state in ("active", "scheduled") and ticket.assignee is not None
    return held and "lapse" in ticket.rungs and ticket.suspended_at is None


def queues(ticket: Ticket) -> bool:
    """Whether the router offers it: live, or a written message that is late."""
    return ticket.state == "queued" and (ticket.kind == "live" or ticket.lapsed_at is not None)


def may(ticket: Ticket) -> list[str]:
    """The operator's verbs that would not be refused now."""
    can = {
        "release": claimed(ticket),
        "offer": ticket.state == "queued" or stuck(ticket),
        "forward": (queues(ticket) and not ticket.front) or stuck(ticket),
    }
    return [name for name, yes in can.items() if yes]
