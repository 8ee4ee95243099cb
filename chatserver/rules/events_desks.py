"""What happens around the talk: the ladder of its clock, experts, refusals, notes and call-backs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from .events import Event


@dataclass(frozen=True)
class Warned(Event):
    """A rung of the ladder before or after the end of a clock: `half`, `warn`, `convert`, `operator`;
    `chosen` is the time that the citizen picked for a call-back, `missed` half an hour after it."""

    rung: str
    clock: str
    due_at: datetime
    staff_no: str | None = None
    kind: ClassVar[str] = "warned"


@dataclass(frozen=True)
class Lapsed(Event):
    """A clock ran out (`clock`: live_answer, message_answer, promise, callback). `staff_no` held the
    ticket then, and in all for `held_s` seconds of it; `answerable` tells whether the delay is theirs.
    `blamed` is everyone whose delay it is, whoever holds the ticket now; None in records from before
    custody was kept. `holding` is a holder who is to explain though it is somebody else's; older records
    have none, and asked those to blame alone."""

    clock: str
    staff_no: str | None
    held_s: int
    answerable: bool
    blamed: tuple[str, ...] | None = None
    holding: str | None = None
    kind: ClassVar[str] = "lapsed"

    @property
    def asked(self) -> tuple[str, ...]:
        """Who is to explain the delay to the citizen (23): whose it is, and who holds the ticket."""
        return self.theirs if self.holding is None else (*self.theirs, self.holding)

    @property
    def theirs(self) -> tuple[str, ...]:
        """Whose delay it is."""
        if self.blamed is not None:
            return self.blamed
        return () if self.staff_no is None else (self.staff_no,)


@dataclass(frozen=True)
class Escalated(Event):
    """提请转交专家组 (26), or a lapsed clock that reports itself. `question` is the lawyer's, or of a
    call-back what the citizen is not satisfied with. `due_at` where no clock of the ticket's
    runs that would tell until when; `seq` of the answer that is in question."""

    id: str
    reason: str
    ground: str | None = None
    question: str | None = None
    due_at: datetime | None = None
    seq: int | None = None
    kind: ClassVar[str] = "escalated"


@dataclass(frozen=True)
class EscalationClaimed(Event):
    id: str
    staff_no: str
    kind: ClassVar[str] = "escalation_claimed"


@dataclass(frozen=True)
class EscalationResolved(Event):
    """`how`: `opinion` to the lawyer, `answer` to the citizen, which has a `ground` (experts.GROUNDS), or
    `bounced`: sent back to the lawyer who asked."""

    id: str
    staff_no: str
    how: str
    ground: str | None = None
    kind: ClassVar[str] = "escalation_resolved"


@dataclass(frozen=True)
class Reviewed(Event):
    """修改意见和建议 (27): an expert's `opinion` or `suggestion` to the lawyer, about the answer at `seq`.
    A suggestion is settled by `due_at`, and may bring the whole answer as it should read: `wording`;
    `severity` is cosmetic, misleading or harmful, `scores` a card (scorecard.py); None in older records."""

    id: str
    staff_no: str
    review: str
    body: str
    seq: int | None = None
    due_at: datetime | None = None
    wording: str | None = None
    severity: str | None = None
    scores: tuple[str, ...] | None = None
    kind: ClassVar[str] = "reviewed"


@dataclass(frozen=True)
class ReviewSettled(Event):
    """The lawyer `accepted` or `contested`, or an expert `passed` the answer without remark, perhaps with a
    card of `scores`."""

    id: str
    staff_no: str
    how: str
    body: str | None = None
    scores: tuple[str, ...] | None = None
    kind: ClassVar[str] = "review_settled"


@dataclass(frozen=True)
class TurnedDown(Event):
    """不予解答 (28, 29, 31), with the referral that helps the citizen on, or the ticket in which the same
    question was answered; without one nobody has shown yet that there is an answer."""

    ground: str
    refer_to: str | None = None
    note: str | None = None
    earlier: str | None = None
    kind: ClassVar[str] = "turned_down"


@dataclass(frozen=True)
class ReferralKnown(Event):
    """The citizen who was referred elsewhere says to know where to turn to (28)."""

    kind: ClassVar[str] = "referral_known"


@dataclass(frozen=True)
class ContactRefused(Event):
    """A private contact in a text to the citizen was refused (22), for the `tries`th time; what was
    written is kept nowhere. `reported`: often enough for the institution and the operator to know."""

    staff_no: str
    tries: int
    reported: bool
    kind: ClassVar[str] = "contact_refused"


@dataclass(frozen=True)
class AbuseProposed(Event):
    """A lawyer thinks that the service is abused (29); a second person decides, by `due_at` (33)."""

    staff_no: str
    note: str | None = None
    due_at: datetime | None = None
    kind: ClassVar[str] = "abuse_proposed"


@dataclass(frozen=True)
class AbuseDecided(Event):
    """`step` as in `restraints`, which ends at `blocked_until`; `per_week` of the weekly one. Records from
    before the steps have none."""

    staff_no: str
    upheld: bool
    reason: str
    blocked_until: datetime | None = None
    step: str | None = None
    per_week: int | None = None
    kind: ClassVar[str] = "abuse_decided"


@dataclass(frozen=True)
class Appealed(Event):
    """The citizen wants a person to look at a refusal, and hears of it by `due_at` (33)."""

    body: str
    due_at: datetime | None = None
    kind: ClassVar[str] = "appealed"


@dataclass(frozen=True)
class AppealDecided(Event):
    """A person looked at a refusal again; upheld, the question may be asked anew."""

    staff_no: str
    upheld: bool
    reason: str
    kind: ClassVar[str] = "appeal_decided"


@dataclass(frozen=True)
class BroughtForward(Event):
    """The operator on duty puts a question that waits at the head of the queue; everyone is asked anew."""

    kind: ClassVar[str] = "brought_forward"


@dataclass(frozen=True)
class Noted(Event):
    """Internal: never seen by the citizen. `place` counts a ticket's notes. `about`: `note`,
    `support` (a question to the institution's back office, 17; answered by `due_at`, 33), `reply`,
    `to` the lawyer who asked (`due_at`: of what another house was asked and has not answered), `direct`
    (why an expert answered the citizen directly, 27) or `bounced` (why the panel did not take what the
    lawyer asked, 26)."""

    place: int
    staff_no: str
    about: str
    body: str
    due_at: datetime | None = None
    to: str | None = None
    id: str | None = None
    kind: ClassVar[str] = "noted"


@dataclass(frozen=True)
class CallbackOpened(Event):
    """在三个工作日内在线回访 (24). `provisional`: the year's calendar is not announced yet."""

    due_at: datetime
    provisional: bool = False
    kind: ClassVar[str] = "callback_opened"


@dataclass(frozen=True)
class CallbackConfirmed(Event):
    """The year's calendar is announced, and the due time stands as it was told."""

    kind: ClassVar[str] = "callback_confirmed"


@dataclass(frozen=True)
class CallbackChosen(Event):
    at: datetime
    who: str
    kind: ClassVar[str] = "callback_chosen"


@dataclass(frozen=True)
class CallbackEntrusted(Event):
    """The institution has a colleague, `to`, make the call-back that `staff_no` was to make (17)."""

    staff_no: str
    to: str
    profession: str | None = None
    kind: ClassVar[str] = "callback_entrusted"


@dataclass(frozen=True)
class CallbackBegun(Event):
    staff_no: str
    profession: str
    institution: str | None = None
    kind: ClassVar[str] = "callback_begun"


@dataclass(frozen=True)
class CallbackAttempted(Event):
    staff_no: str
    note: str
    id: str | None = None
    kind: ClassVar[str] = "callback_attempted"


@dataclass(frozen=True)
class CallbackDone(Event):
    """`how`: consulted again (`answered`), three recorded attempts (`attempted`), or an abuse that was
    upheld (`refused`)."""

    how: str
    kind: ClassVar[str] = "callback_done"
