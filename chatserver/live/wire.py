"""What goes over the socket: payloads in, objects out, and the errors. The only place where the
contract's names meet our types; the AsyncAPI document is generated from these same structs."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from chatserver import i18n
from chatserver.rules import deadlines
from chatserver.rules.articles import Refused
from chatserver.rules.events import Corrected, Message, Noticed, Record
from chatserver.rules.routing import Place
from chatserver.rules.ticket import Ticket
from chatserver.store.presence import Duty

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


class TicketRefuse(Payload):
    number: Number
    ground: Literal["out_of_scope", "in_litigation", "abuse", "repeated"]
    refer_to: str | ReferTo | None = None
    note: str | None = None


class TicketNote(Payload):
    number: Number
    body: str


class SupportAsk(Payload):
    number: Number
    question: str


class AnswerCorrect(Payload):
    number: Number
    seq: Seq
    id: ClientId
    body: str
    reason: str


class ReviewReply(Payload):
    id: Annotated[str, Meta(max_length=64)]
    body: str | None = None


class CallbackAttempt(Payload):
    number: Number
    note: str


class CallbackChoose(Payload):
    number: Number
    at: datetime
    who: Literal["same", "another", "expert"]


class TicketAppeal(Payload):
    number: Number
    body: str


class EscalationList(Payload):
    state: Literal["open", "claimed", "resolved"] | None = None


class EscalationClaim(Payload):
    id: Annotated[str, Meta(max_length=64)]


class EscalationOpinion(Payload):
    id: Annotated[str, Meta(max_length=64)]
    body: str


class EscalationAnswer(Payload):
    id: Annotated[str, Meta(max_length=64)]
    client_id: ClientId
    body: str


class Nothing(Payload):
    """No fields."""


class ReviewSuggest(Payload):
    number: Number
    seq: Seq
    body: str


class DraftSave(Payload):
    """An unsent answer, kept on the server; an empty body drops it."""

    number: Number
    body: Annotated[str, Meta(max_length=10_000)]


class ClockObject(Struct):
    article: int
    kind: str
    due_at: str | None
    late: bool
    suspended: bool
    next: str


class QueueObject(Struct):
    position: int
    expected_wait_s: int | None
    expected_wait_low_s: int | None
    on_duty: int


class Assignee(Struct):
    staff_no: str
    profession: str | None


class EscalationState(Struct):
    state: str
    reason: str


class CallbackState(Struct):
    """`provisional`: the year's calendar is not announced yet."""

    state: str
    at: str | None
    who: str | None
    attempts: int
    provisional: bool


class ReadMarks(Struct):
    citizen: int
    staff: int


class TicketObject(Struct):
    number: str
    kind: str
    category: str
    title: str
    state: str
    opened_at: str
    answer_due_at: str | None
    promised_at: str | None
    clock: ClockObject | None
    assignee: Assignee | None
    queue: QueueObject | None
    last_seq: int
    outcome: str | None
    satisfied: bool | None
    callback_due_at: str | None
    escalation: EscalationState | None
    callback: CallbackState | None
    epoch: int
    on_behalf_of: str
    read: ReadMarks


class Author(Struct):
    kind: str
    staff_no: str | None
    profession: str | None


class MessageObject(Struct):
    ticket: str
    seq: int
    id: str
    author: Author
    type: str
    body: str
    masked: tuple[Span, ...]
    corrects: int | None
    corrected_by: int | None
    attachment: None
    notice: str | None
    sent_at: str


class DutyObject(Struct):
    status: str
    capacity: int
    active: int


class EscalationObject(Struct):
    id: str
    ticket: TicketObject
    reason: str
    ground: str | None
    question: str | None
    state: str
    claimed_by: str | None
    opened_at: str
    resolved_at: str | None


class ReviewObject(Struct):
    id: str
    number: str
    seq: int | None
    body: str
    by: str
    kind: str
    state: str
    opened_at: str


class NoteObject(Struct):
    """Internal; `about` is note, support or reply."""

    number: str
    body: str
    author: str
    about: str
    place: int
    at: str


class ErrorObject(Struct, omit_defaults=True):
    code: str
    message: str
    article: int | UnsetType = UNSET
    details: Any = UNSET


encode = msgspec.json.encode


@lru_cache(maxsize=512)
def instant(at: datetime) -> str:
    """RFC 3339 in UTC with milliseconds and `Z`."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def optional(at: datetime | None) -> str | None:
    """`instant`, or null."""
    return None if at is None else instant(at)


def queue(place: Place | None) -> QueueObject | None:
    """Where a waiting ticket stands."""
    if place is None:
        return None
    return QueueObject(place.position, place.high, place.low, place.on_duty)


def _clock(it: deadlines.Clock | None) -> ClockObject | None:
    if it is None:
        return None
    due_at = optional(it.due_at)
    return ClockObject(it.article, it.kind, due_at, it.late, due_at is None, it.next)


def ticket(it: Ticket, now: datetime, place: Place | None = None) -> TicketObject:
    """The contract's ticket object. `place` is needed while it is queued."""
    return TicketObject(
        number=it.number,
        kind=it.kind,
        category=it.category,
        title=it.title,
        state=it.state,
        opened_at=instant(it.opened_at),
        answer_due_at=optional(it.answer_due_at),
        promised_at=optional(it.promised_at),
        clock=_clock(deadlines.clock(it, now)),
        assignee=Assignee(it.assignee, it.profession) if it.assignee else None,
        queue=queue(place) if it.state == "queued" else None,
        last_seq=it.last_seq,
        outcome=it.outcome,
        satisfied=it.satisfied,
        callback_due_at=optional(it.callback_due_at),
        escalation=EscalationState(it.escalation_state, it.escalation_reason or "lawyer")
        if it.escalation_state
        else None,
        callback=CallbackState(
            it.callback,
            optional(it.callback_at),
            it.callback_who,
            it.callback_attempts,
            it.callback_provisional,
        )
        if it.callback
        else None,
        epoch=it.epoch,
        on_behalf_of=it.on_behalf_of,
        read=ReadMarks(it.citizen_read, it.staff_read),
    )


def message(number: str, record: Record, corrected_by: int | None = None) -> MessageObject:
    """The contract's message object of a visible record."""
    said = record.event
    assert isinstance(said, Message) and record.seq is not None
    return MessageObject(
        ticket=number,
        seq=record.seq,
        id=said.id,
        author=Author(said.by, said.staff_no, said.profession),
        type=said.type,
        body=said.body,
        masked=(),
        corrects=said.corrects if isinstance(said, Corrected) else None,
        corrected_by=corrected_by,
        attachment=None,
        notice=said.notice if isinstance(said, Noticed) else None,
        sent_at=instant(record.at),
    )


def duty(it: Duty) -> DutyObject:
    """The contract's duty object."""
    return DutyObject(it.status, it.capacity, it.active)


def escalation(row: Any, shown: TicketObject) -> EscalationObject:
    """The contract's escalation object of a row of `escalations`."""
    return EscalationObject(
        id=row["id"],
        ticket=shown,
        reason=row["reason"],
        ground=row["ground"],
        question=row["question"],
        state=row["state"],
        claimed_by=row["claimed_by"],
        opened_at=instant(row["opened_at"]),
        resolved_at=optional(row["resolved_at"]),
    )


def review(row: Any) -> ReviewObject:
    """The contract's review object of a row of `reviews`."""
    return ReviewObject(
        id=row["id"],
        number=row["ticket"],
        seq=row["seq"],
        body=row["body"],
        by=row["by"],
        kind=row["kind"],
        state=row["state"],
        opened_at=instant(row["opened_at"]),
    )


def note(row: Any) -> NoteObject:
    """An internal note of a row of `notes`."""
    return NoteObject(
        row["ticket"], row["body"], row["by"], row["about"], row["place"], instant(row["at"])
    )


def error(refused: Refused, language: str) -> ErrorObject:
    """The contract's error object (section 5), in the caller's language."""
    return ErrorObject(
        code=refused.code,
        message=i18n.translate(language, refused.message),
        article=UNSET if refused.article is None else refused.article,
        details=UNSET if refused.details is None else i18n.localised(language, refused.details),
    )


def error_fields(refused: Refused, language: str) -> dict[str, Any]:
    """`error` for the `data` of a connect error."""
    fields: dict[str, Any] = msgspec.to_builtins(error(refused, language))
    return fields


def ack(**fields: Any) -> bytes:
    """`{"ok": true, ...}`."""
    return encode({"ok": True, **fields})


def refusal(refused: Refused, language: str) -> bytes:
    """`{"ok": false, "error": ...}`."""
    return encode({"ok": False, "error": error(refused, language)})


def said(seq: int, sent_at: datetime) -> bytes:
    """The acknowledgement of a message; the hot path, so without an encoder."""
    return b'{"ok":true,"seq":%d,"sent_at":"%s"}' % (seq, instant(sent_at).encode())


def invalid(problem: str) -> Refused:
    """`invalid`, with the path that the decoder names: "Expected `str` - at `$.body`"."""
    text, _, path = problem.partition(" - at ")
    return Refused("invalid", details=[{"path": path.strip("`") or "$", "problem": text}])
