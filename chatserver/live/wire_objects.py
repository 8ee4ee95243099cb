"""What the server sends: the objects of the contract's section 4. `wire` makes them of our types."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, Struct, UnsetType

from chatserver.rules.experts import Reason

from .wire_payloads import Span


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
    """`how` it was resolved: `opinion` (to the lawyer), `answer` or `bounced` (back to the lawyer, which stays
    known when it is asked again, and is null for the citizen); `due_at`: until when the citizen hears; `cause`
    says more than `reason` where the panel makes a call-back (`callback`) or a suggestion was not settled in
    time (`review_overdue`), and else the same."""

    state: str
    reason: Reason
    how: str | None
    due_at: str | None
    cause: str


class CallbackState(Struct):
    """`provisional`: the year's calendar is not announced yet. `comment` is what the citizen wrote with the
    rating; `attempted_at` when nobody was reached; `how` it ended: `answered`, `attempted`, `withdrawn` or
    `refused`."""

    state: str
    at: str | None
    who: str | None
    attempts: int
    provisional: bool
    comment: str | None
    attempted_at: tuple[str, ...]
    how: str | None


class ReadMarks(Struct):
    citizen: int
    staff: int


class EarlierTicket(Struct):
    """What the citizen said, when asking, of an own ticket that was answered (29)."""

    number: str
    because: str


class TicketObject(Struct):
    """`explanation_owed_by`: whose delay is still to be explained (23), told to staff alone;
    `readers`: the numbers of experts who read along now (7); `appeal`: open, upheld or dismissed;
    `appeal_due_at`: by when an open one is decided (33);
    `doubted`: the `seq` of answers that are looked at again and not to be acted on (27); `level` and
    `reasons` as the citizen gave them with the rating (24); `referral_known_at`: when the citizen who was
    referred elsewhere said to know where to go (28)."""

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
    explanation_owed_by: tuple[str, ...]
    readers: tuple[str, ...]
    earlier: EarlierTicket | None
    appeal: str | None
    appeal_due_at: str | None
    doubted: tuple[int, ...]
    level: str | None
    reasons: tuple[str, ...]
    referral_known_at: str | None


class Author(Struct):
    kind: str
    staff_no: str | None
    profession: str | None


class MessageObject(Struct):
    """`about`, only of a notice that an answer is looked at again, or stands after that: the answer's `seq`.
    `confirmed_at`, only of a correction of which the citizen said so: when it was seen."""

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
    about: int | UnsetType = UNSET
    confirmed_at: str | UnsetType = UNSET


class DutyObject(Struct):
    status: str
    capacity: int
    active: int


class EscalationObject(Struct):
    """`cause` as in a ticket; `offered_to`: who is asked to take it at the moment, until `offer_expires_at`;
    `answer_ground`: why an expert answered the citizen directly."""

    id: str
    ticket: TicketObject
    reason: Reason
    ground: str | None
    question: str | None
    state: str
    claimed_by: str | None
    opened_at: str
    resolved_at: str | None
    offered_to: str | None
    offer_expires_at: str | None
    answer_ground: str | None
    cause: str


class ReviewObject(Struct):
    """`wording`: the whole answer at `seq` as it should read, if the expert drew it up; `author`: who gave
    that answer, and settles this; `severity` of a suggestion: cosmetic, misleading or harmful."""

    id: str
    number: str
    seq: int | None
    body: str
    by: str
    kind: str
    state: str
    opened_at: str
    due_at: str | None
    reply: str | None
    wording: str | None
    author: str | None
    severity: str | None


class NoteObject(Struct):
    """Internal; `about` is note, support, reply, direct (why an expert answered the citizen) or
    bounced (why the panel did not take a question)."""

    number: str
    body: str
    author: str
    about: str
    place: int
    at: str


class ExplanationObject(Struct):
    """A delay that this lawyer is still to explain to the citizen (23)."""

    number: str
    clock: str
    owed_at: str


class ErrorObject(Struct, omit_defaults=True):
    code: str
    message: str
    article: int | UnsetType = UNSET
    details: Any = UNSET
