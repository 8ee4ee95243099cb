"""同一问题反复咨询 (29): whether a question is one that this citizen has an answer to already.

Likeness is the Dice coefficient of character bigrams, once width, case, punctuation, spaces and the
words of courtesy are gone; Chinese needs no word boundaries for it. The threshold was chosen on the
legal pairs of a development set of 549 question pairs (248 of them the same question): of pairs with
at least twenty characters on both sides, 371 in all, 186 of 203 repeats are found and 11 of 168 other
questions taken for one (precision 0.94, recall 0.92); of all 549, shorter ones included, precision is
0.85 and recall 0.84. What is wrongly taken are textbook questions that differ in one term. That is
why a hit only asks: new facts, not understood and not satisfied each open a ticket.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from .articles import Refused, article
from .instants import instant
from .ticket import Ticket

THRESHOLD = 0.6
#: Shorter questions are never repeats: too little in them to tell two apart.
SHORTEST = 20
#: How far a question is compared.
LONGEST = 2_000
#: With how many answered tickets, and how old they may be.
MOST = 20
WITHIN = timedelta(days=365)
CHOICES = ("new_facts", "not_understood", "not_satisfied", "same")
#: Said of an earlier answer, they make a question one of its own.
ANEW = CHOICES[:3]
_COURTESY = re.compile("您好|你好|请问|谢谢|麻烦|求助|咨询一下|想问一下|律师|啊|呢|吗|呀|吧|了|的")


@dataclass(frozen=True)
class Before:
    """An earlier ticket of the same citizen: its first message and its latest answer; `by`: who answered.

    `allowed`: an operator has upheld an appeal against its refusal, so that it may be asked again.
    `earlier`, `because` and `satisfied` as the ticket has them. `explained`: that its answer was not
    understood has been said, and answered, before.
    """

    number: str
    body: str
    answered_at: datetime | None
    answer: str
    allowed: bool = False
    by: tuple[str, ...] = ()
    earlier: str | None = None
    because: str | None = None
    satisfied: bool | None = None
    explained: bool = False


def plain(text: str) -> str:
    """`text` without what carries no meaning for telling two questions apart."""
    folded = unicodedata.normalize("NFKC", text[:LONGEST]).casefold()
    return _COURTESY.sub("", "".join(filter(str.isalnum, folded)))


def likeness(a: str, b: str) -> float:
    """From 0 (nothing in common) to 1 (the same words)."""
    left, right = _pairs(a), _pairs(b)
    both = left.total() + right.total()
    return 2 * (left & right).total() / both if both else 0.0


def _pairs(text: str) -> Counter[str]:
    text = plain(text)
    return Counter(map("".join, pairwise(text)))


def is_checked(body: str, because: str | None) -> bool:
    """Whether a question must be compared at all; `because` is what its asker says of an earlier one."""
    return because in (None, "same") and len(body) >= SHORTEST


@article(29)
def not_repeated(body: str, because: str | None, before: Sequence[Before]) -> None:
    """就同一问题反复进行咨询……的，在网上不予解答: with the earlier answer, and what may be said instead."""
    if not is_checked(body, because):
        return
    like = [one for one in before if likeness(body, one.body) >= THRESHOLD]
    answered = [one for one in like if one.answered_at is not None]
    if not answered or any(one.allowed for one in like):
        return
    nearest = max(answered, key=lambda one: likeness(body, one.body))
    raise Refused("repeated", article=29, details=_details(nearest))


@article(29)
def answered_before(
    ticket: Ticket, asked: str, staff_no: str, named: str | None, before: Sequence[Before]
) -> Before | None:
    """The earlier answer that the refusal of a repeat rests on; None if there seems to be none.

    It is the one that the lawyer `named`, the one that the citizen named when asking, or the nearest to
    what was `asked`. A lawyer names what is alike, what the citizen named, or an own answer: a number
    alone opens nobody's talk (25).
    """
    answered = [it for it in before if it.answered_at is not None and it.number != ticket.number]
    found = _answered_before(ticket, asked, staff_no, named, before, answered)
    return found and replace(found, explained=explained(ticket.earlier, answered))


@article(24, 29)
def explained(earlier: str | None, answered: Sequence[Before]) -> bool:
    """不予重复解答: what was not understood is explained once more, and no third time.

    Who has meanwhile said of one of these answers that it did not satisfy is advised again (24 outranks 29).
    """
    again = [it for it in answered if it.because == "not_understood" and it.earlier]
    told = [it for it in again if earlier in (it.number, it.earlier)]
    numbers = {earlier, *(it.number for it in told), *(it.earlier for it in told)}
    return bool(told) and all(it.satisfied is not False for it in answered if it.number in numbers)


def _answered_before(
    ticket: Ticket,
    asked: str,
    staff_no: str,
    named: str | None,
    before: Sequence[Before],
    answered: Sequence[Before],
) -> Before | None:
    alike = [it for it in before if likeness(asked, it.body) >= THRESHOLD]
    if named is not None:
        for it in answered:
            if it.number == named and (it in alike or named == ticket.earlier or staff_no in it.by):
                return it
        raise Refused(
            "not_found",
            "没有找到这位用户已得到解答的这次咨询。",
            details=[{"path": "$.earlier", "problem": "no answered ticket of this citizen"}],
        )
    if any(it.allowed for it in alike):
        return None
    own = [it for it in answered if it.number == ticket.earlier]
    return (
        own[0]
        if own
        else max(
            (it for it in answered if it in alike),
            key=lambda it: likeness(asked, it.body),
            default=None,
        )
    )


def _details(one: Before) -> dict[str, Any]:
    assert one.answered_at is not None
    return {
        "number": one.number,
        "answered_at": instant(one.answered_at),
        "answer": one.answer,
        "choices": list(CHOICES),
    }
