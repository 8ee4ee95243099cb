"""What a citizen may do: ask, say on, turn a live question into a message, withdraw, read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from . import notices, restraints
from .articles import Refused, WrongState, article, policy
from .bodies import LONGEST_TITLE, checked, named
from .categories import CATEGORIES
from .events import Event
from .events_talk import (
    Closed,
    Converted,
    HandedOver,
    Offered,
    OfferEnded,
    Opened,
    Read,
    Reopened,
    Resumed,
    Sent,
)
from .instants import instant
from .people import Citizen
from .policy import Policy, ladder_in_force
from .question import Question
from .repeats import Before, not_repeated
from .restraints import Limit
from .ticket import Ticket

TITLE_FROM_BODY = 30
#: After so many seconds a question may have been answered to who has too many open.
SOME_ANSWERED = 300
#: (2026)京0105民初123号, 京劳人仲字[2026]第12号, （2026）京行复12号 and their kin. Every gap is bounded and taken
#: whole: a run of spaces costs no more than it is long.
_BRACKETED = (
    r"[(（\[〔]\s{0,3}+(?:19|20)\d{2}\s{0,3}+[)）\]〕]\s{0,3}+"
    r"(?P<court>[\u4e00-\u7b2b\u7b2d-\u9fff]{0,12}\s{0,3}+\d{0,6}\s{0,3}+[\u4e00-\u7b2b\u7b2d-\u9fff]{0,8})\s{0,3}+"
    r"(?:第\s{0,3}+)?\d{1,6}\s{0,3}+(?:之[一二三四五六七八九十]{1,4}\s{0,3}+)?号(?:之[一二三四五六七八九十]{1,4})?"
)
#: The same with a bracket or both left out, as people type it: then the court and the kind of case must be there.
_BARE = (
    r"(?<!\d)(?:19|20)\d{2}\s{0,3}+(?:年度?|[)）\]〕])?\s{0,3}+"
    r"(?:最高法|[京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新兵]\s{0,3}+\d{2,4})\s{0,3}+"
    r"[民刑行执破赔知财商恢][\u4e00-\u7b2b\u7b2d-\u9fff]{0,5}\s{0,3}+"
    r"(?:第\s{0,3}+)?\d{1,6}\s{0,3}+(?:之[一二三四五六七八九十]{1,4}\s{0,3}+)?号"
)
_CASE_NUMBER = re.compile(f"{_BRACKETED}|{_BARE}")
_OF_A_CASE = re.compile("[仲裁复诉刑检]")


def shortened(body: str) -> str:
    """The beginning of a question as its title; what is left out is marked."""
    words = " ".join(body.split())
    return words if len(words) <= TITLE_FROM_BODY else f"{words[: TITLE_FROM_BODY - 1]}…"


@article(35)
def agree(citizen: Citizen) -> None:
    """在用户获取公共法律服务前提供给用户，并征得其同意。"""
    if not citizen.agreed:
        raise Refused("agreement_required", article=35)


@article(6)
def identify(citizen: Citizen, now: datetime, figures: Policy) -> None:
    """可以要求用户进行注册并提供真实身份信息。"""
    if figures.identity != "none" and not citizen.verified:
        raise Refused("identity_required", article=6)
    if citizen.blocked_until is not None and citizen.blocked_until > now:
        details = {"until": instant(citizen.blocked_until)}
        if citizen.blocked_reason:
            details["reason"] = citizen.blocked_reason
        details |= restraints.where_to_appeal(citizen.blocked_by)
        raise Refused("blocked", article=29, details=details)


@policy("a citizen has so many questions open at a time, and no more")
def not_too_many(waiting: int, figures: Policy) -> None:
    """Who has as many unanswered questions as anyone could follow waits for an answer first."""
    if figures.most_open and waiting >= figures.most_open:
        raise Refused(
            "rate_limited",
            "您有较多咨询还在等待解答。请等其中一些得到解答，或撤回不需要的，再提出新的咨询。",
            details={"retry_after_s": SOME_ANSWERED, "waiting": waiting, "most": figures.most_open},
        )


@article(31)
def not_in_litigation(in_litigation: bool, body: str = "", not_mine: bool = False) -> None:
    """对处于诉讼程序或者正在办理的案件提出的法律咨询，在网上不予解答。

    A case number in the text raises the question whether the case is the asker's own; who says that
    it is not (`not_mine`) goes on.
    """
    if in_litigation:
        raise Refused("in_litigation", article=31, details=notices.IN_LITIGATION_HELP)
    found = [] if not_mine else case_numbers(body)
    if found:
        raise Refused(
            "in_litigation",
            "您写到了案号。如果这是您自己正在办理的案件，网上不予解答；如果不是，请说明后再提交。",
            article=31,
            details={"question": True, "case_numbers": found, **notices.IN_LITIGATION_HELP},
        )


def case_numbers(text: str) -> list[str]:
    """Case numbers of courts, arbitration, enforcement or review in `text`, each once, ten at most."""
    text = text[:10_000]
    found = []
    for match in _CASE_NUMBER.finditer(text):
        # 〔2020〕25号 is as often a document of the State Council; then what stands before it tells.
        before = text[max(0, match.start() - 10) : match.start()]
        court = match["court"]
        if court is None or any(map(str.isalpha, court)) or _OF_A_CASE.search(before):
            found.append("".join(match.group().split()))
    return list(dict.fromkeys(found))[:10]


@article(4, 17)
def open_ticket(
    citizen: Citizen,
    now: datetime,
    figures: Policy,
    asked: Question,
    *,
    earlier_is_own: bool = True,
    before: Sequence[Before] = (),
    waiting: int = 0,
    explainer: str | None = None,
    limit: Limit | None = None,
) -> list[Event]:
    """为用户解答法律咨询: a question under its own number; the body is message 1.

    `before`: the same citizen's earlier tickets; `earlier_is_own`: whether what the question names is
    one of them; `waiting`: how many of the citizen's tickets wait for an answer; `limit`: a weekly one;
    `explainer`: who gave the answer that was not understood and is there to explain it: a written question
    is offered to that lawyer for the usual time while it lies in the pool, a live one by the router
    (`routing.explains`).
    """
    checked(asked.body)
    if asked.category not in CATEGORIES:
        raise Refused(
            "invalid",
            "没有这个咨询类别。",
            details=[{"path": "$.category", "problem": "unknown category"}],
        )
    if asked.title:
        checked(asked.title, "$.title", LONGEST_TITLE)
    agree(citizen)
    identify(citizen, now, figures)
    restraints.within(limit, now)
    not_too_many(waiting, figures)
    text = f"{asked.title}\n{asked.body}"
    not_in_litigation(asked.in_litigation, text, asked.case_number_is_not_mine)
    if asked.earlier is not None and not earlier_is_own:
        raise Refused(
            "not_found",
            "您没有这个编号的咨询，请核对。",
            details=[{"path": "$.earlier.number", "problem": "no such ticket of yours"}],
        )
    not_repeated(asked.body, asked.because, before)
    opened = Opened(
        ticket_kind=asked.kind,
        category=asked.category,
        title=asked.title or shortened(asked.body),
        on_behalf_of=asked.on_behalf_of,
        answer_within=figures.answer_within(asked.kind),
        idle_close=int(figures.idle_close.total_seconds()),
        warn_at=figures.warn_at,
        ladder=ladder_in_force(now),
        earlier=asked.earlier,
        because=asked.because,
        citizen=citizen.account,
    )
    events: list[Event] = [opened, Sent(by="citizen", body=asked.body, id=asked.id)]
    if asked.kind == "message" and explainer is not None:
        events.append(Offered(explainer, now + figures.offer_timeout))
    return events


@article(17)
def send(
    ticket: Ticket, now: datetime, citizen: Citizen, id: str, body: str, epoch: int | None = None
) -> list[Event]:
    """A citizen's line. After an answer it is a question asked on: a new clock (23)."""
    named(id)
    sent = Sent(by="citizen", body=checked(body), id=id)
    if ticket.suspended_at is not None:
        return [Resumed(), sent]
    if ticket.state != "answered":
        return [sent]
    if ticket.assignee is None:
        # An expert answered before any lawyer took it: what is asked on waits for one.
        return [Reopened(), sent, HandedOver(ticket.answers[-1][1], "transfer")]
    return [Reopened(), sent]


@article(23)
def convert(ticket: Ticket, now: datetime, citizen: Citizen, figures: Policy) -> list[Event]:
    """对于留言咨询问题，应当在5小时内进行解答: counted from the opening, with its text and number."""
    if ticket.state != "queued" or ticket.kind != "live":
        raise WrongState(ticket.state, "只有排队中的即时咨询可以转为留言。")
    return [*withdraw_offer(ticket), Converted(figures.answer_within("message"))]


@policy("a citizen may take a question back until it is answered")
def withdraw(ticket: Ticket, now: datetime, citizen: Citizen) -> list[Event]:
    """The citizen takes the question back; possible in queued, active, scheduled."""
    if ticket.state not in ("queued", "active", "scheduled"):
        raise WrongState(ticket.state)
    said = notices.notice("closed", notices.CLOSED["withdrawn"], ticket.entry + 1)
    return [said, *withdraw_offer(ticket), Closed("withdrawn")]


def withdraw_offer(ticket: Ticket) -> list[Event]:
    """The end of an open offer, when the ticket goes another way."""
    return [OfferEnded(ticket.offered_to, "withdrawn")] if ticket.offered_to else []


@article(32)
def read(ticket: Ticket, now: datetime, by: str, seq: int) -> list[Event]:
    """Who has seen what is part of the record; `by` is citizen or staff."""
    if not 1 <= seq <= ticket.last_seq:
        raise Refused("invalid", details=[{"path": "$.seq", "problem": "no such message"}])
    seen = ticket.citizen_read if by == "citizen" else ticket.staff_read
    return [Read(by, seq)] if seq > seen else []
