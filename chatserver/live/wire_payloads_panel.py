"""What an expert may send, besides what everybody may."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from chatserver.rules.scorecard import PARTS

from .wire_payloads import ClientId, Number, Payload, Seq

Id = Annotated[str, Meta(max_length=64)]
Mark = Literal["met", "partly", "not"]


class EscalationList(Payload):
    state: Literal["open", "claimed", "resolved"] | None = None


class EscalationClaim(Payload):
    id: Id


class EscalationPass(Payload):
    """Who is asked, or has claimed it, leaves it to the next."""

    id: Id
    reason: Annotated[str, Meta(max_length=500)] | None = None


class EscalationBounce(Payload):
    """Who is asked, or has claimed it, sends a lawyer's question back."""

    id: Id
    reason: str


class TalkList(Payload):
    category: str | None = None


class EscalationOpinion(Payload):
    id: Id
    body: str


class EscalationAnswer(Payload):
    """`ground`: why the citizen is answered directly, and not through the lawyer, who is told."""

    id: Id
    client_id: ClientId
    body: str
    ground: (
        Literal["asked", "late", "urgent", "lawyer_unreachable", "lawyer_wrong", "wished"] | None
    ) = None


class Scorecard(Payload):
    """The parts of an answer (21), each met, partly met or not; what is left out has no mark."""

    facts: Mark | None = None
    law: Mark | None = None
    analysis: Mark | None = None
    steps: Mark | None = None
    risk: Mark | None = None

    @property
    def scores(self) -> tuple[str, ...]:
        """The marks in their order (rules/scorecard.py)."""
        return tuple(getattr(self, part) or "" for part in PARTS)


class _Scored(Payload):
    @property
    def scores(self) -> tuple[str, ...] | None:
        """As the rules take it."""
        card: Scorecard | None = getattr(self, "scorecard", None)
        return None if card is None else card.scores


class ReviewPass(_Scored):
    """Nothing to remark; perhaps a card, of which the author sees sums."""

    number: Number
    scorecard: Scorecard | None = None


class ReviewSuggest(_Scored):
    """`wording`: the whole answer as it should read; `body` is then the reason. Of what is `harmful` the
    citizen is warned at once."""

    number: Number
    seq: Seq
    body: str
    wording: str | None = None
    severity: Literal["cosmetic", "misleading", "harmful"] = "misleading"
    scorecard: Scorecard | None = None
