"""What a client may send: one struct an event, with the bounds of its fields; what experts send is in
`wire_payloads_panel`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

Seq = Annotated[int, Meta(ge=1, le=2**31 - 1)]
AfterSeq = Annotated[int, Meta(ge=0, le=2**31 - 1)]
ClientId = Annotated[str, Meta(min_length=1, max_length=64)]
Number = Annotated[str, Meta(max_length=40, description="a ticket number (22)")]


class Payload(Struct, forbid_unknown_fields=True):
    """What a client sends: one object, nothing in it that is not named here."""


class Span(Payload):
    """A part of a `body` to be hidden (30); offsets count code points."""

    start: AfterSeq
    end: Seq
    type: str


class Earlier(Payload):
    number: Number
    because: Literal["new_facts", "not_understood", "not_satisfied", "same"]


class TicketOpen(Payload):
    """A question. `body` becomes message 1."""

    id: ClientId
    kind: Literal["live", "message"]
    category: str
    body: str
    on_behalf_of: Literal["self", "relative_or_friend"]
    in_litigation: bool
    title: str | None = None
    attachments: tuple[str, ...] = ()
    mask: tuple[Span, ...] = ()
    earlier: Earlier | None = None
    case_number_is_not_mine: bool = False


class TicketList(Payload):
    open_only: bool = False


class TicketSync(Payload):
    number: Number
    after_seq: AfterSeq
    limit: Annotated[int, Meta(ge=1, le=500)] = 200


class MessageSend(Payload):
    number: Number
    id: ClientId
    body: str | None = None
    mask: tuple[Span, ...] = ()
    attachment: str | None = None
    epoch: int | None = None


class MessageRead(Payload):
    number: Number
    seq: Seq


class MessageTyping(Payload):
    number: Number
    on: bool


class OneTicket(Payload):
    number: Number


class TicketRate(Payload):
    number: Number
    satisfied: bool
    score: Annotated[int, Meta(ge=1, le=5)] | None = None
    comment: str | None = None
    reasons: Annotated[
        tuple[Literal["wrong", "unclear", "too_slow", "attitude", "not_solved", "refused"], ...],
        Meta(max_length=6, description="what did not satisfy, each once"),
    ] = ()
    level: (
        Annotated[
            Literal["satisfied", "partly", "not"],
            Meta(description="`partly` goes with `satisfied: true` and opens no call-back"),
        ]
        | None
    ) = None


class DutySet(Payload):
    status: Literal["on", "pause", "off"]


class TicketDecline(Payload):
    number: Number
    reason: str | None = None


class PoolList(Payload):
    category: str | None = None


class TicketAnswer(Payload):
    number: Number
    id: ClientId
    body: str
    epoch: int | None = None


class TicketSchedule(Payload):
    number: Number
    promised_at: datetime
    explanation: str
    id: ClientId | None = None


class ExplainDelay(Payload):
    """Why the clock ran out, in the lawyer's own words (23)."""

    number: Number
    id: ClientId
    body: str


class TransferTo(Payload):
    """One of the three."""

    staff_no: str | None = None
    category: str | None = None
    queue: bool = False


class TicketTransfer(Payload):
    number: Number
    to: TransferTo
    note: str | None = None


class TicketEscalate(Payload):
    number: Number
    ground: Literal["no_rule", "unclear", "disputed"]
    question: str


class ReferTo(Payload):
    """A referral card (28)."""

    who: Annotated[str, Meta(min_length=1, max_length=200)]
    where: Annotated[str, Meta(max_length=500)] | None = None
    phone: Annotated[str, Meta(max_length=100)] | None = None
    hours: Annotated[str, Meta(max_length=200)] | None = None
    url: Annotated[str, Meta(max_length=500, pattern="^https?://")] | None = None
    map: Annotated[str, Meta(max_length=500, pattern="^https?://")] | None = None


class TicketRefuse(Payload):
    """`earlier`: where a repeat was answered before; without it the server looks for it (29)."""

    number: Number
    ground: Literal["out_of_scope", "in_litigation", "abuse", "repeated"]
    refer_to: str | ReferTo | None = None
    note: str | None = None
    earlier: Number | None = None


class TicketNote(Payload):
    number: Number
    body: str
    id: ClientId | None = None


class SupportAsk(Payload):
    number: Number
    question: str
    id: ClientId | None = None


class AnswerCorrect(Payload):
    number: Number
    seq: Seq
    id: ClientId
    body: str
    reason: str


class AnswerConfirm(Payload):
    """`seq` of a correction that the citizen has seen."""

    number: Number
    seq: Seq


class ReviewReply(Payload):
    id: Annotated[str, Meta(max_length=64)]
    body: str | None = None


class CallbackAttempt(Payload):
    number: Number
    note: str
    id: ClientId | None = None


class CallbackChoose(Payload):
    number: Number
    at: datetime
    who: Literal["same", "another", "expert"]


class TicketAppeal(Payload):
    number: Number
    body: str


class Nothing(Payload):
    """No fields."""


class DraftSave(Payload):
    """An unsent answer, kept on the server; an empty body drops it."""

    number: Number
    body: Annotated[str, Meta(max_length=10_000)]
