"""The figures of the service: from the settings, and the dated ladders; frozen into each ticket as it opens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone


@dataclass(frozen=True)
class Policy:
    """5 hours and 1 hour are clock hours, day and night (23); the rest is the house's own."""

    live_answer_within: timedelta = timedelta(hours=1)
    message_answer_within: timedelta = timedelta(hours=5)
    offer_timeout: timedelta = timedelta(seconds=30)
    panel_offer_timeout: timedelta = timedelta(minutes=2)
    reconnect_grace: timedelta = timedelta(seconds=60)
    idle_close: timedelta = timedelta(minutes=15)
    identity: str = "real_name"
    number_prefix: str = "BJ"
    warn_at: float = 0.8
    #: How many of one citizen's tickets may wait for an answer at a time; 0 is no limit.
    most_open: int = 200
    callback_working_days: int = 3
    callback_within: timedelta | None = None
    #: On which channels citizens are told outside the page; none until configured.
    channels: tuple[str, ...] = ()
    #: Where people find the directory of institutions.
    directory: str = "/institutions"

    def answer_within(self, kind: str) -> int:
        """Seconds within which a `live` or `message` ticket must be answered."""
        within = self.live_answer_within if kind == "live" else self.message_answer_within
        return int(within.total_seconds())


@dataclass(frozen=True)
class Ladder:
    """The house's own terms of a ticket, for all its life. Shares are of a clock's whole span."""

    #: When the holder is reminded, a wait is offered to become a message, and the operator is called.
    half: float = 1 / 2
    convert: float = 11 / 12
    operator: float = 3 / 2
    #: A delay is answered for by whoever held the ticket at least this share of the time.
    fair_share: float = 1 / 4
    #: How often an answer may be promised, and a question to the citizen may stop the clock.
    most_promises: int = 2
    most_asks: int = 2
    #: By when a lawyer settles an expert's suggestion, and puts an accepted one into effect.
    settle_within: timedelta = timedelta(hours=24)
    #: The same where it would do harm to act on the answer, and of which the citizen was warned.
    settle_harm_within: timedelta = timedelta(hours=4)
    #: How long the panel has where no clock of the ticket's own runs; then the operator is told.
    panel_within: timedelta = timedelta(hours=24)
    #: A written ticket closes by itself this long after its answer.
    written_closes_after: timedelta = timedelta(days=3)
    #: By when the operator decides: an appeal, in working days; a proposal of abuse, by the clock.
    appeal_working_days: int = 1
    abuse_within: timedelta = timedelta(hours=4)
    #: A rating may be changed this long.
    rating_open_for: timedelta = timedelta(days=7)


#: The first day (Asia/Shanghai) of each ladder -> what holds for tickets opened from then on, in order. An
#: entry whose day has come is never changed, only followed by another, dated after every process has it.
LADDERS: dict[date, Ladder] = {date(2026, 1, 1): Ladder()}
#: That of tickets from before there were several.
FIRST_LADDER = next(iter(LADDERS))
_BEIJING = timezone(timedelta(hours=8))


def ladder_in_force(now: datetime) -> date:
    """Under which entry of `LADDERS` a ticket is opened now."""
    today = now.astimezone(_BEIJING).date()
    return max((first for first in LADDERS if first <= today), default=FIRST_LADDER)


#: A lawyer who misses this many offers in a row is paused, with the reason.
MISSED_OFFERS_PAUSE = 3
#: A lawyer who tries to give a citizen a private contact this often in one ticket is reported.
CONTACT_TRIES = 3
#: The share of all answers that an expert looks at by chance, and up to how many answers a lawyer is new.
REVIEW_SHARE = 0.1
NEW_LAWYER_ANSWERS = 20
#: A rating of so many stars or fewer is a low one.
LOW_SCORE = 2
#: The most and the least time for a reply to a lawyer's question to those behind the talk.
SUPPORT_WITHIN = timedelta(hours=2)
SUPPORT_AT_LEAST = timedelta(minutes=15)
#: How far back a lawyer sees what experts thought of the own answers.
SCORES_SHOWN = timedelta(days=90)
#: How often a lawyer may ask the panel in a day (Asia/Shanghai): it is for what is hard, and no way around
#: the clock (26).
PANEL_ASKED_A_DAY = 30
#: How long after the time that a citizen picked for a call-back somebody is told that nobody has called.
CALL_MISSED_AFTER = timedelta(minutes=30)
#: When all of the panel have passed a question on, this long until the first is asked again.
PANEL_ASKED_AGAIN_AFTER = timedelta(minutes=5)
#: Reading along ends by itself after this, unless the expert's desk says that it goes on.
READING_LASTS = timedelta(minutes=30)
