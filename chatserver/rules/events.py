"""What can happen to a ticket: one frozen class per thing, in the past tense.

The same object is the journal's row, the push to the browsers and what a test asserts.
`kind` names it in the journal; `visible` ones are messages, numbered by `seq` for the citizen.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, NamedTuple


class Event:
    """Something that happened."""

    kind: ClassVar[str] = ""
    visible: ClassVar[bool] = False


@dataclass(frozen=True)
class Message(Event):
    """What the citizen may see. `by` is citizen, staff, expert or system; `id` is the author's own."""

    by: str
    body: str
    id: str
    staff_no: str | None = None
    profession: str | None = None
    visible: ClassVar[bool] = True
    type: ClassVar[str] = "text"

    @property
    def author(self) -> str:
        """The key under which `id` is unique: `citizen`, a staff number or `system`."""
        return self.staff_no or self.by


@dataclass(frozen=True)
class Sent(Message):
    """A line of the talk. It stops no clock."""

    kind: ClassVar[str] = "sent"


@dataclass(frozen=True)
class Answered(Message):
    """解答 (23): the act that meets the clock."""

    kind: ClassVar[str] = "answered"
    type: ClassVar[str] = "answer"


@dataclass(frozen=True)
class Noticed(Message):
    """A notice of the service; `notice` says which (contract, section 4)."""

    notice: str = ""
    kind: ClassVar[str] = "noticed"
    type: ClassVar[str] = "notice"


@dataclass(frozen=True)
class Asked(Message):
    """A question without which no answer is possible (23); the clock stands still until the citizen speaks."""

    kind: ClassVar[str] = "asked"


@dataclass(frozen=True)
class Corrected(Message):
    """差错……主动向用户解释 (23, 27): a new version of the answer at `corrects`, with the reason."""

    corrects: int = 0
    reason: str = ""
    kind: ClassVar[str] = "corrected"
    type: ClassVar[str] = "answer"


@dataclass(frozen=True)
class Opened(Event):
    """A citizen asked. `answer_within` and `idle_close` are seconds, frozen with the ticket."""

    ticket_kind: str
    category: str
    title: str
    on_behalf_of: str
    answer_within: int
    idle_close: int
    warn_at: float = 0.8
    earlier: str | None = None
    kind: ClassVar[str] = "opened"


@dataclass(frozen=True)
class Offered(Event):
    staff_no: str
    expires_at: datetime
    kind: ClassVar[str] = "offered"


@dataclass(frozen=True)
class OfferEnded(Event):
    """`how`: `missed` (time-out), `declined`, or `withdrawn` (the ticket went another way)."""

    staff_no: str
    how: str
    reason: str | None = None
    retry_at: datetime | None = None
    kind: ClassVar[str] = "offer_ended"


@dataclass(frozen=True)
class Accepted(Event):
    """接单: the ticket has one lawyer from here on; the epoch rises."""

    staff_no: str
    profession: str
    kind: ClassVar[str] = "accepted"


@dataclass(frozen=True)
class HandedOver(Event):
    """Given up by its lawyer and back in the queue; the epoch rises. `why`: `connection_lost`,
    `transfer` or `stand_in`; `category` when it changes."""

    staff_no: str
    why: str
    category: str | None = None
    kind: ClassVar[str] = "handed_over"


@dataclass(frozen=True)
class Reopened(Event):
    """The citizen asked on after an answer: a new clock (23)."""

    kind: ClassVar[str] = "reopened"


@dataclass(frozen=True)
class Converted(Event):
    """A waiting live ticket became a written message; the clock counts from the opening."""

    answer_within: int
    kind: ClassVar[str] = "converted"


@dataclass(frozen=True)
class IdleWarned(Event):
    kind: ClassVar[str] = "idle_warned"


@dataclass(frozen=True)
class DropNoticed(Event):
    """The citizen was told that the lawyer's line is cut and being waited for."""

    kind: ClassVar[str] = "drop_noticed"


@dataclass(frozen=True)
class Closed(Event):
    outcome: str
    kind: ClassVar[str] = "closed"


@dataclass(frozen=True)
class Rated(Event):
    """满意度测评 (24)."""

    satisfied: bool
    score: int | None = None
    comment: str | None = None
    kind: ClassVar[str] = "rated"


@dataclass(frozen=True)
class Read(Event):
    """`by` (citizen or staff) has seen everything up to `seq`."""

    by: str
    seq: int
    kind: ClassVar[str] = "read"


@dataclass(frozen=True)
class Resumed(Event):
    """The citizen spoke: the clock goes on with what was left of it."""

    kind: ClassVar[str] = "resumed"


@dataclass(frozen=True)
class Scheduled(Event):
    """约期答复 (23): the promised time is the clock from here on."""

    promised_at: datetime
    explanation: str
    kind: ClassVar[str] = "scheduled"


@dataclass(frozen=True)
class Warned(Event):
    """A rung of the ladder before or after the end of a clock: `half`, `warn`, `convert`, `operator`."""

    rung: str
    clock: str
    due_at: datetime
    staff_no: str | None = None
    kind: ClassVar[str] = "warned"


@dataclass(frozen=True)
class Lapsed(Event):
    """A clock ran out (`clock`: live_answer, message_answer, promise, callback). `staff_no` held the
    ticket for `held_s` seconds; `answerable` tells whether the delay is theirs."""

    clock: str
    staff_no: str | None
    held_s: int
    answerable: bool
    kind: ClassVar[str] = "lapsed"


@dataclass(frozen=True)
class Escalated(Event):
    """提请转交专家组 (26), or a lapsed clock that reports itself."""

    id: str
    reason: str
    ground: str | None = None
    question: str | None = None
    kind: ClassVar[str] = "escalated"


@dataclass(frozen=True)
class EscalationClaimed(Event):
    id: str
    staff_no: str
    kind: ClassVar[str] = "escalation_claimed"


@dataclass(frozen=True)
class EscalationResolved(Event):
    """`how`: `opinion` to the lawyer or `answer` to the citizen."""

    id: str
    staff_no: str
    how: str
    kind: ClassVar[str] = "escalation_resolved"


@dataclass(frozen=True)
class Reviewed(Event):
    """修改意见和建议 (27): an expert's `opinion` or `suggestion` to the lawyer, about the answer at `seq`."""

    id: str
    staff_no: str
    review: str
    body: str
    seq: int | None = None
    kind: ClassVar[str] = "reviewed"


@dataclass(frozen=True)
class ReviewSettled(Event):
    """The lawyer `accepted` or `contested`, or an expert `passed` the answer without remark."""

    id: str
    staff_no: str
    how: str
    body: str | None = None
    kind: ClassVar[str] = "review_settled"


@dataclass(frozen=True)
class TurnedDown(Event):
    """不予解答 (28, 29, 31), with the referral or the earlier ticket that helps the citizen on."""

    ground: str
    refer_to: str | None = None
    note: str | None = None
    kind: ClassVar[str] = "turned_down"


@dataclass(frozen=True)
class AbuseProposed(Event):
    """A lawyer thinks that the service is abused (29); a second person decides."""

    staff_no: str
    note: str | None = None
    kind: ClassVar[str] = "abuse_proposed"


@dataclass(frozen=True)
class AbuseDecided(Event):
    staff_no: str
    upheld: bool
    reason: str
    blocked_until: datetime | None = None
    kind: ClassVar[str] = "abuse_decided"


@dataclass(frozen=True)
class Appealed(Event):
    """The citizen wants a person to look at a refusal."""

    body: str
    kind: ClassVar[str] = "appealed"


@dataclass(frozen=True)
class AppealDecided(Event):
    """A person looked at a refusal again; upheld, the question may be asked anew."""

    staff_no: str
    upheld: bool
    reason: str
    kind: ClassVar[str] = "appeal_decided"


@dataclass(frozen=True)
class Noted(Event):
    """Internal: never seen by the citizen. `place` counts a ticket's notes. `about`: `note`,
    `support` (a question to the institution's back office, 17) or `reply`."""

    place: int
    staff_no: str
    about: str
    body: str
    kind: ClassVar[str] = "noted"


@dataclass(frozen=True)
class CallbackOpened(Event):
    """在三个工作日内在线回访 (24). `provisional`: the year's calendar is not announced yet."""

    due_at: datetime
    provisional: bool = False
    kind: ClassVar[str] = "callback_opened"


@dataclass(frozen=True)
class CallbackChosen(Event):
    at: datetime
    who: str
    kind: ClassVar[str] = "callback_chosen"


@dataclass(frozen=True)
class CallbackBegun(Event):
    staff_no: str
    profession: str
    kind: ClassVar[str] = "callback_begun"


@dataclass(frozen=True)
class CallbackAttempted(Event):
    staff_no: str
    note: str
    kind: ClassVar[str] = "callback_attempted"


@dataclass(frozen=True)
class CallbackDone(Event):
    """`how`: consulted again (`answered`) or three recorded attempts (`attempted`)."""

    how: str
    kind: ClassVar[str] = "callback_done"


def _kinds(of: type[Event]) -> dict[str, type[Event]]:
    found: dict[str, type[Event]] = {}
    for cls in of.__subclasses__():
        found |= ({cls.kind: cls} if cls.kind else {}) | _kinds(cls)
    return found


#: kind -> class, of everything that can happen.
KINDS: dict[str, type[Event]] = _kinds(Event)


class Record(NamedTuple):
    """An event in its place: `entry` counts everything of a ticket, `seq` only its messages."""

    entry: int
    seq: int | None
    at: datetime
    actor: str
    event: Event
