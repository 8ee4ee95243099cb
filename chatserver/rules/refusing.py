"""不予解答 (28, 29, 31): every refusal says why, what is still open, and can be appealed to a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from . import cooperation, notices
from .articles import Refused, WrongState, article
from .asking import withdraw_offer
from .bodies import checked
from .changes_panel import OWED
from .contacts import without_contacts
from .events import Event
from .events_desks import (
    AbuseDecided,
    AbuseProposed,
    AppealDecided,
    Appealed,
    CallbackDone,
    ReferralKnown,
    TurnedDown,
)
from .events_talk import Closed
from .people import Citizen, Lawyer, Staff
from .repeats import ANEW, Before
from .restraints import restraint
from .ticket import Ticket
from .workdays import Calendar

#: So many characters of an earlier answer are repeated; its number leads to the whole.
LONGEST_ANSWER = 3_000
CALLBACK_OWED = "用户不满意，回访尚未完成，不能不予解答（第二十四条）。请再次解答：可以说明理由和可以求助的机关。"
OWN_FINDING = "这项认定是您作出的，申诉须由另一位值班人员或者监管人员决定。"
GROUNDS = {"out_of_scope": 28, "in_litigation": 31, "repeated": 29, "abuse": 29}


@dataclass(frozen=True)
class Referral:
    """A card that points the way (28): who, where, telephone, hours, link, and where that is on a map."""

    who: str
    where: str | None = None
    phone: str | None = None
    hours: str | None = None
    url: str | None = None
    map: str | None = None

    def fields(self) -> dict[str, str | None]:
        """Where each part stands in a payload, and what it says."""
        return {f"$.refer_to.{name}": value for name, value in vars(self).items()}

    def text(self) -> str:
        """The card as lines of text."""
        lines = (
            ("请咨询", self.who),
            ("地址", self.where),
            ("电话", self.phone),
            ("时间", self.hours),
            ("网址", self.url),
            ("地图", self.map),
        )
        return "\n".join(f"{name}：{value}" for name, value in lines if value)


@article(28, 29, 31)
def refuse(
    ticket: Ticket,
    now: datetime,
    lawyer: Lawyer,
    ground: str,
    refer_to: Referral | None = None,
    note: str | None = None,
    earlier: Before | None = None,
) -> list[Event]:
    """不属于本网业务范围的，应当告知用户向有关机关咨询；……在网上不予解答。

    Out of scope only with a referral; abuse is a proposal that a second person decides; a repeat comes
    with the `earlier` answer, and if there seems to be none, the operator looks at it; what was not
    understood is explained once more before it is one. While a
    call-back is owed (24) nothing but that proposal is possible: one who was not satisfied is advised
    again, if only of where to turn to, and may rate that, or the lawyer at fault could end the duty alone.
    """
    if note is not None:
        checked(note, "$.note", 1000)
    if ground != "abuse":  # which is for the operator to read; all else is the citizen's
        given = {"$.note": note, **(refer_to.fields() if refer_to else {})}
        for path, text in given.items():
            without_contacts(ticket, lawyer.staff_no, text or "", path)
    if ticket.state not in ("active", "scheduled"):
        raise WrongState(ticket.state)
    if ground == "abuse":
        if ticket.abuse == "proposed":
            raise WrongState(ticket.state, "已提请处理。")
        return [AbuseProposed(lawyer.staff_no, note, cooperation.proposal_due(ticket, now))]
    if ticket.callback in OWED:
        raise Refused("conflict", CALLBACK_OWED, article=24, details={"state": ticket.state})
    if ground == "out_of_scope" and refer_to is None:
        raise Refused(
            "invalid",
            "请写明用户可以咨询的机关。",
            article=28,
            details=[{"path": "$.refer_to", "problem": "required for out_of_scope"}],
        )
    card = refer_to.text() if refer_to else None
    if ground == "repeated":
        return _repeated(ticket, card, note, earlier)
    return _turned_down(ticket, TurnedDown(ground, card, note), notices.REFUSAL[ground])


def _repeated(
    ticket: Ticket, card: str | None, note: str | None, earlier: Before | None
) -> list[Event]:
    third = ticket.because == "not_understood" and earlier is not None and earlier.explained
    if ticket.because in ANEW and not third:
        raise WrongState(
            ticket.state, "用户已说明为什么再次提出（有新情况、没看懂或不满意），不能作为重复咨询。"
        )
    if earlier is not None:
        number, lead = notices.EARLIER.format(number=earlier.number), notices.REFUSAL["repeated"]
        words = earlier.answer
        if len(words) > LONGEST_ANSWER:
            words = f"{words[: LONGEST_ANSWER - 1]}…"
        answer = f"{notices.EARLIER_ANSWER}\n{words}"
        done = TurnedDown("repeated", card, note, earlier.number)
        return _turned_down(ticket, done, f"{lead}\n{number}", answer)
    if ticket.answers:  # it was answered in this very talk, and asked again
        done = TurnedDown("repeated", card, note, ticket.number)
        return _turned_down(ticket, done, notices.REFUSAL["repeated"])
    return _turned_down(ticket, TurnedDown("repeated", card, note), notices.REFUSAL["unproven"])


@article(29)
def decide_abuse(
    ticket: Ticket,
    now: datetime,
    operator: Staff,
    upheld: bool,
    reason: str,
    blocked_until: datetime | None = None,
    step: str | None = None,
    per_week: int | None = None,
) -> list[Event]:
    """北京法网发现……滥用法律服务资源: the platform decides, not the lawyer who proposed it, and takes one step."""
    checked(reason, "$.reason", 1000)
    if ticket.abuse != "proposed":
        raise WrongState(ticket.state, "没有待决定的提请。")
    if not upheld:
        if (blocked_until, step, per_week) != (None, None, None):
            problem = {"path": "$.upheld", "problem": "no step without a finding"}
            raise Refused("invalid", "认定后才能采取措施。", details=[problem])
        return [AbuseDecided(operator.staff_no, upheld, reason)]
    taken = restraint(now, step, blocked_until, per_week)
    decided = AbuseDecided(
        operator.staff_no, upheld, reason, taken.until, taken.step, taken.per_week
    )
    # Who may not be answered is not called back: said as an end of its own, not left to the closing.
    ended = [CallbackDone("refused")] if ticket.callback in OWED else []
    note = f"{reason}\n{taken.told()}"
    if ticket.state == "closed":
        body = "\n".join((notices.REFUSAL["abuse"], note, notices.MAY_APPEAL))
        return [decided, notices.notice("refusal", body, ticket.entry + 2), *ended]
    done = TurnedDown("abuse", None, note)
    return [decided, *ended, *_turned_down(ticket, done, notices.REFUSAL["abuse"], offset=1)]


@article(28)
def know_referral(ticket: Ticket, now: datetime, citizen: Citizen) -> list[Event]:
    """应当告知用户向有关机关咨询: the citizen says that the telling has arrived. Said again it is no news."""
    if not (ticket.outcome or "").startswith("refused:"):
        raise WrongState(ticket.state, "只有不予解答的咨询可以确认。")
    return [] if ticket.referral_known_at is not None else [ReferralKnown()]


@article(28, 29, 31)
def appeal(
    ticket: Ticket, now: datetime, citizen: Citizen, body: str, calendar: Calendar | None = None
) -> list[Event]:
    """A refusal goes to the operator on duty, to be decided in time; one appeal is enough."""
    checked(body)
    if not _refused(ticket):
        raise WrongState(ticket.state, "只有不予解答的咨询可以申诉。")
    if ticket.appeal is not None:
        raise WrongState(ticket.state, "这次咨询已经申诉过。")
    return [Appealed(body, cooperation.appeal_due(ticket, now, calendar or Calendar()))]


def may_appeal(ticket: Ticket) -> bool:
    """Whether there is something to appeal against, and nobody has yet."""
    return ticket.appeal is None and _refused(ticket)


def _refused(ticket: Ticket) -> bool:
    return (ticket.outcome or "").startswith("refused:") or ticket.abuse == "upheld"


@article(28, 29, 31)
def decide_appeal(
    ticket: Ticket, now: datetime, operator: Staff, upheld: bool, reason: str
) -> list[Event]:
    """A second person has looked at the refusal again, and the citizen hears why: nobody judges an own
    finding of abuse.

    Upheld, the ticket stays as it is, and the question may be asked anew without a look at repeats;
    a block that came with a refusal for abuse ends.
    """
    checked(reason, "$.reason", 1000)
    if ticket.appeal != "open":
        raise WrongState(ticket.state, "没有待决定的申诉。")
    if ticket.abuse == "upheld" and ticket.abuse_found_by == operator.staff_no:
        raise Refused("forbidden", OWN_FINDING, article=29)
    body = (notices.APPEAL_UPHELD if upheld else notices.APPEAL_DISMISSED).format(reason=reason)
    said = notices.notice("refusal", body, ticket.entry + 2)
    return [AppealDecided(operator.staff_no, upheld, reason), said]


def _turned_down(
    ticket: Ticket, done: TurnedDown, lead: str, answer: str | None = None, offset: int = 0
) -> list[Event]:
    parts = (lead, done.refer_to, done.note, notices.MAY_APPEAL, answer)
    body = "\n".join(part for part in parts if part)
    said = notices.notice("refusal", body, ticket.entry + offset + 1)
    return [
        said,
        done,
        *withdraw_offer(ticket),
        Closed(f"refused:{done.ground}"),
    ]
