"""Given answers are looked at (7, 27): nothing to remark, or a suggestion, and an answer put right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from . import notices
from .articles import Refused, WrongState, article, policy
from .bodies import checked, named
from .contacts import without_contacts
from .events import Event
from .events_desks import Escalated, Reviewed, ReviewSettled
from .events_panel import ReviewLapsed
from .events_talk import Corrected, CorrectionConfirmed
from .impartial import OWN, impartial
from .people import Citizen, Expert, Lawyer
from .policy import LADDERS, LOW_SCORE, REVIEW_SHARE
from .review import doubted
from .scorecard import Scores, scored
from .ticket import Ticket

#: Whoever gave an answer: a lawyer, or an expert who answered directly.
Author = Lawyer | Expert


@article(7, 27)
def suggest(
    ticket: Ticket,
    now: datetime,
    expert: Expert,
    seq: int,
    body: str,
    wording: str | None = None,
    severity: str = "misleading",
    scores: Scores | None = None,
) -> list[Event]:
    """发现驻场人员的解答意见存在问题的: a suggestion about one answer, which its author accepts or contests;
    with `wording`, the whole answer as it should read, `body` is the reason. Where it would do harm to act
    on the answer, the citizen is warned in the same transaction, and its author has less time."""
    checked(body)
    if wording is not None:
        checked(wording, "$.wording")
    impartial(expert, ticket)
    if seq not in dict(ticket.answers):
        raise Refused("invalid", details=[{"path": "$.seq", "problem": "not an answer"}])
    if dict(ticket.answers)[seq] == expert.staff_no:
        raise Refused("forbidden", OWN, article=7)
    id = f"{ticket.number}.r{ticket.reviews + 1}"
    terms = LADDERS[ticket.ladder]
    harmful = severity == "harmful"
    due_at = now + (terms.settle_harm_within if harmful else terms.settle_within)
    said = Reviewed(
        id, expert.staff_no, "suggestion", body, seq, due_at, wording, severity, scored(scores)
    )
    warned = harmful and seq not in doubted(ticket.open_reviews)
    return [said, *([notices.doubted(seq, ticket.entry + 2)] if warned else [])]


@article(7)
def pass_review(
    ticket: Ticket, now: datetime, expert: Expert, scores: Scores | None = None
) -> list[Event]:
    """业务指导和监督: looked at, nothing to remark; what the citizen was warned of, and its author contested,
    stands."""
    impartial(expert, ticket)
    if expert.staff_no in {by for _, by in ticket.answers}:
        raise Refused("forbidden", OWN, article=7)
    return [
        ReviewSettled(f"{ticket.number}.r0", expert.staff_no, "passed", scores=scored(scores)),
        *upheld(ticket, doubted(ticket.open_reviews, to_judge=True), 2),
    ]


@article(27)
def upheld(ticket: Ticket, about: Iterable[int], place: int) -> list[Event]:
    """解答意见存在问题的……: of what turns out to have none the citizen hears as well; `place` is that of the
    first such notice among the events of the act."""
    entry = ticket.entry + place
    return [notices.upheld(seq, entry + n) for n, seq in enumerate(about)]


@article(26, 27)
def settle(
    ticket: Ticket, now: datetime, author: Author, id: str, how: str, body: str | None = None
) -> list[Event]:
    """Accepted or contested, with a reason or without: a suggestion by whoever gave the answer, an expert too, in its
    time; an opinion by the lawyer who holds the ticket, answered or not."""
    found = [one for one in ticket.open_reviews if one.id == id and one.state == "open"]
    if not found:
        raise WrongState(ticket.state, "这条意见已经处理过。")
    seq = found[0].seq
    if not ((seq, author.staff_no) in ticket.answers if seq else isinstance(author, Lawyer)):
        raise Refused("not_found")
    if body is not None:
        checked(body)
    return [ReviewSettled(id, author.staff_no, how, body)]


def first_due(ticket: Ticket) -> datetime | None:
    """By when the first suggestion is to be settled."""
    return min((one.due_at for one in ticket.open_reviews if one.due_at), default=None)


@article(27)
def overdue(ticket: Ticket, now: datetime) -> list[Event]:
    """必要时，可以直接为用户提出解答意见: what is not settled in time goes back to the panel, which answers itself."""
    late = min((one for one in ticket.open_reviews if one.due_ms), key=lambda one: one.due_ms)
    events: list[Event] = [ReviewLapsed(late.id, late.seq)]
    if ticket.escalation_state not in ("open", "claimed"):
        due_at = now + LADDERS[ticket.ladder].panel_within
        id = f"{ticket.number}.{ticket.escalations + 1}"
        events.append(Escalated(id, "review_overdue", due_at=due_at, seq=late.seq))
    return events


@article(7, 27)
def panel_has(ticket: Ticket, seq: int) -> bool:
    """Whether the panel is asked about just this answer; what has lapsed otherwise waits for another look."""
    asked = ticket.escalation_state in ("open", "claimed")
    return asked and (ticket.escalation_reason, ticket.escalation_seq) == ("review_overdue", seq)


@policy(
    "given answers are looked at: all low ratings, all late ones, all of new lawyers, a share of the rest"
)
def drawn(ticket: Ticket) -> bool:
    """By chance, from the record's own hash, which nobody can choose or foresee."""
    return int.from_bytes(ticket.head[:8]) < REVIEW_SHARE * 2**64


@policy(
    "given answers are looked at: all low ratings, all late ones, all of new lawyers, a share of the rest"
)
def low(satisfied: bool, score: int | None) -> bool:
    """A rating that tells of a fault."""
    return not satisfied or (score is not None and score <= LOW_SCORE)


@article(23, 27)
def correct(
    ticket: Ticket, now: datetime, author: Author, id: str, body: str, seq: int, reason: str
) -> list[Event]:
    """出现……差错时，应主动向用户解释，说明原因: a new version of an own answer; the old one stays, marked."""
    without_contacts(ticket, author.staff_no, checked(body))
    without_contacts(ticket, author.staff_no, checked(reason, "$.reason", 1000), "$.reason")
    named(id)
    if (seq, author.staff_no) not in ticket.answers:
        raise Refused("invalid", details=[{"path": "$.seq", "problem": "not an own answer"}])
    said = Corrected(
        author.kind, body, id, author.staff_no, author.profession, corrects=seq, reason=reason
    )
    told = notices.notice("correction", notices.CORRECTED.format(reason=reason), ticket.entry + 2)
    # Who puts it right has taken up what was suggested about it.
    taken = [
        ReviewSettled(one.id, author.staff_no, "accepted")
        for one in ticket.open_reviews
        if one.seq == seq and one.state == "open"
    ]
    return [*taken, said, told]


@article(23, 27)
def confirm(
    ticket: Ticket,
    now: datetime,
    citizen: Citizen,
    seq: int,
    corrections: Mapping[int, datetime | None],
) -> list[Event]:
    """主动向用户解释……取得用户谅解: whether it reached the citizen is no guess. `corrections`: `seq` of those
    that there are -> when it was confirmed; said again it is no news."""
    if seq not in corrections:
        raise Refused("invalid", details=[{"path": "$.seq", "problem": "not a correction"}])
    return [] if corrections[seq] is not None else [CorrectionConfirmed(seq)]
