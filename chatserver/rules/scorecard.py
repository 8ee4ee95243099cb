"""What an expert thinks of an answer, part by part (7, 21): kept for its author, who sees sums and no single card."""

from __future__ import annotations

from .articles import Refused, policy

#: 内容准确，结构完整: the parts of an answer, in their order; and how each of them may be.
PARTS = ("facts", "law", "analysis", "steps", "risk")
MARKS = ("met", "partly", "not")
#: One mark for each of PARTS, "" where none was given.
Scores = tuple[str, ...]


@policy("experts may mark the parts of an answer; its author sees sums")
def scored(scores: Scores | None) -> Scores | None:
    """A card without a mark is none."""
    if scores is None or not any(scores):
        return None
    if len(scores) != len(PARTS) or not {*scores} <= {"", *MARKS}:
        raise Refused(
            "invalid", details=[{"path": "$.scorecard", "problem": "one of " + ", ".join(MARKS)}]
        )
    return scores
