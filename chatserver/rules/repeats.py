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
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from .articles import Refused, article
from .instants import instant

THRESHOLD = 0.6
#: Shorter questions are never repeats: too little in them to tell two apart.
SHORTEST = 20
#: How far a question is compared.
LONGEST = 2_000
#: With how many answered tickets, and how old they may be.
MOST = 20
WITHIN = timedelta(days=365)
CHOICES = ("new_facts", "not_understood", "not_satisfied", "same")
_COURTESY = re.compile("您好|你好|请问|谢谢|麻烦|求助|咨询一下|想问一下|律师|啊|呢|吗|呀|吧|了|的")


@dataclass(frozen=True)
class Before:
    """An earlier ticket of the same citizen: its first message and its latest answer.

    `allowed`: an operator has upheld an appeal against its refusal, so that it may be asked again.
    """

    number: str
    body: str
    answered_at: datetime | None
    answer: str
    allowed: bool = False


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


def _details(one: Before) -> dict[str, Any]:
    assert one.answered_at is not None
    return {
        "number": one.number,
        "answered_at": instant(one.answered_at),
        "answer": one.answer,
        "choices": list(CHOICES),
    }
