"""What experts suggest about an answer, and the answer put right: for its author, at either desk (27)."""

from __future__ import annotations

from typing import Any

from chatserver.rules import reviewing
from chatserver.rules.articles import Refused
from chatserver.rules.audience import authorize
from chatserver.rules.policy import SCORES_SHOWN
from chatserver.store import desks, reviews, tickets

from . import wire
from . import wire_payloads as payloads
from .promises import own
from .verbs import Seat, Verb, later, verb


async def list_own(server: Any, seat: Seat, payload: payloads.Nothing) -> bytes:
    """Suggestions about own answers that are not settled yet, of closed talks too; the most urgent first. And
    the sums of what experts thought of all of them lately."""
    rows = await reviews.about(server.db, seat.actor.pseudonym)
    since = server.clock.now() - SCORES_SHOWN
    scores = await reviews.scores(server.db, seat.actor.pseudonym, since)
    return wire.ack(reviews=[wire.review(row) for row in rows], scorecard=wire.scorecard(scores))


def _settle(how: str) -> Any:
    async def handle(server: Any, seat: Seat, payload: payloads.ReviewReply) -> bytes:
        row = await desks.review(server.db, payload.id)
        if row is None:
            raise Refused("not_found")
        ticket = await tickets.find(server.db, row["ticket"])
        authorize(seat.actor, "settle", ticket)
        if row["state"] != "open":
            raise Refused("conflict", details={"state": row["state"]})
        await server.casework.act(
            "settle", reviewing.settle, row["ticket"], seat.actor, payload.id, how, payload.body
        )
        return wire.ack()

    return later(handle)


VERBS: dict[str, Verb] = {
    "answer:correct": verb(
        payloads.AnswerCorrect,
        own(
            "correct",
            reviewing.correct,
            "corrected",
            "seq",
            "reason",
            seq="corrects",
            reason="reason",
        ),
        "seq, sent_at",
    ),
    "review:accept": verb(payloads.ReviewReply, _settle("accepted")),
    "review:contest": verb(payloads.ReviewReply, _settle("contested")),
    "review:own": verb(payloads.Nothing, later(list_own), "reviews, scorecard"),
}
