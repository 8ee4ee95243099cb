"""What happens between a citizen and a lawyer: lines, offers and hand-overs, answers, promises, the end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from .events import Event, Message
from .policy import FIRST_LADDER


@dataclass(frozen=True, init=False)
class Sent(Message):
    """A line of the talk. It stops no clock."""

    kind: ClassVar[str] = "sent"

    def __init__(
        self,
        by: str,
        body: str,
        id: str,
        staff_no: str | None = None,
        profession: str | None = None,
    ) -> None:
        # In one step: there are more of these than of all others, and a frozen class takes five.
        self.__dict__.update(by=by, body=body, id=id, staff_no=staff_no, profession=profession)


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
class DelayExplained(Noticed):
    """主动向用户解释，说明原因 (23): in the words of the lawyer in whose hands a clock ran out."""

    notice: str = "delay_explained"
    kind: ClassVar[str] = "delay_explained"


@dataclass(frozen=True)
class EngagementDirected(Noticed):
    """The card on offline engagement (22). `asked_seq` is the citizen's line that spoke of it first; 0 where
    none was found."""

    notice: str = "offline_engagement"
    asked_seq: int = 0
    kind: ClassVar[str] = "engagement_directed"


@dataclass(frozen=True)
class Doubted(Noticed):
    """An expert thinks that it would do harm to act on the answer at `about` (27): the citizen is warned at
    once, and until it is settled."""

    notice: str = "correction"
    about: int = 0
    kind: ClassVar[str] = "doubted"


@dataclass(frozen=True)
class Upheld(Noticed):
    """The answer at `about`, of which the citizen had been warned, was looked at again and stands (27)."""

    notice: str = "correction"
    about: int = 0
    kind: ClassVar[str] = "upheld"


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
class CorrectionConfirmed(Event):
    """The citizen says that the correction at `seq` was seen (27), which a read mark does not say."""

    seq: int
    kind: ClassVar[str] = "correction_confirmed"


@dataclass(frozen=True)
class Opened(Event):
    """A citizen asked. `answer_within` and `idle_close` are seconds, frozen with the ticket, and so is
    `ladder`, the first day of the entry of `policy.LADDERS` that holds for it; `because` is what is said of
    `earlier`, an own ticket asked before (29). `citizen` is the account, so that the record tells whose
    question it is; who asked before it did so has none."""

    ticket_kind: str
    category: str
    title: str
    on_behalf_of: str
    answer_within: int
    idle_close: int
    warn_at: float = 0.8
    earlier: str | None = None
    because: str | None = None
    ladder: date = FIRST_LADDER
    citizen: str | None = None
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
    institution: str | None = None
    kind: ClassVar[str] = "accepted"


@dataclass(frozen=True)
class HandedOver(Event):
    """Given up by its lawyer and back in the queue; the epoch rises. `why`: `connection_lost`,
    `transfer`, `stand_in` or `operator`; `category` when it changes."""

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
    """满意度测评 (24). `reasons` and `level` as in `feedback`."""

    satisfied: bool
    score: int | None = None
    comment: str | None = None
    reasons: tuple[str, ...] = ()
    level: str | None = None
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
    id: str | None = None
    kind: ClassVar[str] = "scheduled"
