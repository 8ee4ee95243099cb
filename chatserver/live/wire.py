"""What goes over the socket: our types become the contract's objects, acknowledgements and errors.

The only place where the contract's names meet our types; payloads are in `wire_payloads`, objects in
`wire_objects`, and the AsyncAPI document is generated from the same structs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
from msgspec import UNSET

from chatserver import i18n
from chatserver.rules import clocks, ladder
from chatserver.rules.articles import Refused
from chatserver.rules.events import Message, Record
from chatserver.rules.events_talk import Corrected, Doubted, Noticed, Upheld
from chatserver.rules.experts import TOLD_AS
from chatserver.rules.instants import instant, optional
from chatserver.rules.review import doubted
from chatserver.rules.routing import Place
from chatserver.rules.scorecard import MARKS, PARTS
from chatserver.rules.ticket import Ticket
from chatserver.store.presence import Duty

from .wire_objects import (
    Assignee,
    Author,
    CallbackState,
    ClockObject,
    DutyObject,
    EarlierTicket,
    ErrorObject,
    EscalationObject,
    EscalationState,
    ExplanationObject,
    MessageObject,
    NoteObject,
    QueueObject,
    ReadMarks,
    ReviewObject,
    TicketObject,
)

encode = msgspec.json.encode


def queue(place: Place | None) -> QueueObject | None:
    """Where a waiting ticket stands."""
    if place is None:
        return None
    return QueueObject(place.position, place.high, place.low, place.on_duty)


def _clock(it: clocks.Clock | None) -> ClockObject | None:
    if it is None:
        return None
    due_at = optional(it.due_at)
    return ClockObject(it.article, it.kind, due_at, it.late, due_at is None, it.next)


def _escalation(it: Ticket) -> EscalationState | None:
    if it.escalation_state is None:
        return None
    due_at = optional(ladder.panel_due(it))
    cause = it.escalation_reason or "lawyer"
    return EscalationState(
        it.escalation_state, TOLD_AS[cause], it.escalation_how, due_at, cause=cause
    )


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
        clock=_clock(clocks.clock(it, now)),
        assignee=Assignee(it.assignee, it.profession) if it.assignee else None,
        queue=queue(place) if it.state == "queued" else None,
        last_seq=it.last_seq,
        outcome=it.outcome,
        satisfied=it.satisfied,
        callback_due_at=optional(it.callback_due_at),
        escalation=_escalation(it),
        callback=CallbackState(
            it.callback,
            optional(it.callback_at),
            it.callback_who,
            it.callback_attempts,
            it.callback_provisional,
            it.comment,
            tuple(map(instant, it.callback_tried)),
            it.callback_how,
        )
        if it.callback
        else None,
        epoch=it.epoch,
        on_behalf_of=it.on_behalf_of,
        read=ReadMarks(it.citizen_read, it.staff_read),
        explanation_owed_by=it.owing,
        readers=it.readers,
        earlier=EarlierTicket(it.earlier, it.because) if it.earlier and it.because else None,
        appeal=it.appeal,
        appeal_due_at=optional(it.appeal_due_at),
        doubted=doubted(it.open_reviews) if it.open_reviews else (),
        level=it.level,
        reasons=it.reasons,
        referral_known_at=optional(it.referral_known_at),
    )


def message(
    number: str,
    record: Record,
    corrected_by: int | None = None,
    confirmed_at: datetime | None = None,
) -> MessageObject:
    """The contract's message object of a visible record."""
    said = record.event
    assert isinstance(said, Message) and record.seq is not None
    made = MessageObject(
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
    # Rare, so a plain line pays nothing for it.
    if made.notice is not None and isinstance(said, (Doubted, Upheld)):
        made.about = said.about
    if confirmed_at is not None:
        made.confirmed_at = instant(confirmed_at)
    return made


def duty(it: Duty) -> DutyObject:
    """The contract's duty object."""
    return DutyObject(it.status, it.capacity, it.active)


def escalation(row: Any, it: Ticket, now: datetime, place: Place | None = None) -> EscalationObject:
    """The contract's escalation object of a row of `escalations` and its ticket."""
    open_now = it.escalation == row["id"]
    return EscalationObject(
        id=row["id"],
        ticket=ticket(it, now, place),
        reason=TOLD_AS[row["reason"]],
        ground=row["ground"],
        question=row["question"],
        state=row["state"],
        claimed_by=row["claimed_by"],
        opened_at=instant(row["opened_at"]),
        resolved_at=optional(row["resolved_at"]),
        offered_to=it.panel_offered_to if open_now else None,
        offer_expires_at=optional(it.panel_offer_expires_at) if open_now else None,
        answer_ground=row["answer_ground"],
        cause=row["reason"],
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
        due_at=optional(row["due_at"]),
        reply=row["reply"],
        wording=row["wording"],
        author=row["author"],
        severity=row["severity"],
    )


def scorecard(rows: Iterable[Any]) -> dict[str, dict[str, int]] | None:
    """part -> mark -> how often, of rows of `scorecards`; None where there is no mark at all."""
    sums = {part: dict.fromkeys(MARKS, 0) for part in PARTS}
    found = False
    for row in rows:
        sums[row["part"]][row["mark"]] = row["n"]
        found = True
    return sums if found else None


def explanation(row: Any) -> ExplanationObject:
    """What a lawyer is still to explain, of a row of `explanations`."""
    return ExplanationObject(row["ticket"], row["clock"], instant(row["owed_at"]))


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


def unreadable(error: Exception) -> Refused:
    """`invalid`, for what msgspec could not read as the payload."""
    is_object = isinstance(error, msgspec.ValidationError)
    return invalid(str(error) if is_object else "not an object - at `$`")


#: How NUL comes in JSON, where no character below a space may stand for itself.
NUL = b"\\u0000"
