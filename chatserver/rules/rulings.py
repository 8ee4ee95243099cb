"""判断口径: how the panel rules at the borders of 26, 28, 29 and 31, so that all refuse and accept alike (36)."""

from __future__ import annotations

from dataclasses import dataclass

from .articles import Refused, policy
from .bodies import LONGEST_TITLE, checked
from .people import Expert

#: The articles at whose borders somebody is refused, or a question is passed on.
BORDERS = (26, 28, 29, 31)
LONGEST = 2_000


@dataclass(frozen=True)
class Ruling:
    """`article` is the one whose border it draws; `reason` why it is drawn there."""

    article: int
    title: str
    ruling: str
    reason: str


@policy("边界问题由专家组统一判断口径：只增补和取代，不删除")
def lay_down(expert: Expert, new: Ruling, former: Ruling | None = None) -> None:
    """The panel rules, each expert under the own number; a later ruling takes the place of a `former` one of
    the same article, which stays to be read."""
    if new.article not in BORDERS:
        problem = f"one of {', '.join(map(str, BORDERS))}"
        raise Refused("invalid", details=[{"path": "$.article", "problem": problem}])
    checked(new.title, "$.title", LONGEST_TITLE)
    checked(new.ruling, "$.ruling", LONGEST)
    checked(new.reason, "$.reason", LONGEST)
    if former is not None and former.article != new.article:
        problem = "another article than what it takes the place of"
        raise Refused("invalid", details=[{"path": "$.article", "problem": problem}])
