"""What may happen to a ticket, and in which state: a cell of `TRANSITIONS`, and a missing cell is `WrongState`.

The picture in ARCHITECTURE.md is drawn from this table. What else an event changes is in `changes_*`.
"""

from __future__ import annotations

from typing import Any

from . import changes_desks, changes_panel, changes_talk, events_panel
from . import events_desks as happened
from .events import Event
from .events_talk import (
    Accepted,
    Answered,
    Asked,
    Closed,
    Converted,
    Corrected,
    CorrectionConfirmed,
    DelayExplained,
    Doubted,
    DropNoticed,
    EngagementDirected,
    HandedOver,
    IdleWarned,
    Noticed,
    Offered,
    OfferEnded,
    Opened,
    Rated,
    Read,
    Reopened,
    Resumed,
    Scheduled,
    Sent,
    Upheld,
)

STATES = ("queued", "active", "scheduled", "answered", "closed")

TRANSITIONS: dict[tuple[str, type[Event]], str] = {
    ("new", Opened): "queued",
    ("queued", Sent): "queued",
    ("queued", Noticed): "queued",
    ("queued", Offered): "queued",
    ("queued", OfferEnded): "queued",
    ("queued", Converted): "queued",
    ("queued", Accepted): "active",
    ("queued", Read): "queued",
    ("queued", Closed): "closed",
    ("active", Sent): "active",
    ("active", Noticed): "active",
    ("active", Answered): "answered",
    ("active", HandedOver): "queued",
    ("active", IdleWarned): "active",
    ("active", DropNoticed): "active",
    ("active", Read): "active",
    ("active", Closed): "closed",
    ("scheduled", Sent): "scheduled",
    ("scheduled", Noticed): "scheduled",
    ("scheduled", Answered): "answered",
    ("scheduled", HandedOver): "queued",
    ("scheduled", Read): "scheduled",
    ("scheduled", Closed): "closed",
    ("answered", Sent): "answered",
    ("answered", Noticed): "answered",
    ("answered", Answered): "answered",
    ("answered", Reopened): "active",
    ("answered", IdleWarned): "answered",
    ("answered", DropNoticed): "answered",
    ("answered", Rated): "answered",
    ("answered", Read): "answered",
    ("answered", Closed): "closed",
    ("closed", Noticed): "closed",
    ("closed", Rated): "closed",
    ("closed", Read): "closed",
    ("queued", Answered): "answered",
    ("closed", Answered): "answered",
    ("queued", Resumed): "queued",
    ("active", Asked): "active",
    ("active", Resumed): "active",
    ("active", Scheduled): "scheduled",
    ("scheduled", Scheduled): "scheduled",
    ("closed", happened.CallbackBegun): "active",
    ("answered", happened.CallbackBegun): "active",
    ("queued", happened.BroughtForward): "queued",
    ("queued", Corrected): "queued",
    ("active", Corrected): "active",
    ("scheduled", Corrected): "scheduled",
    ("answered", Corrected): "answered",
    ("closed", Corrected): "closed",
}

#: What may happen in any state and changes none.
ANYWHERE = (
    happened.Warned,
    happened.Lapsed,
    happened.Escalated,
    happened.EscalationClaimed,
    happened.EscalationResolved,
    happened.Reviewed,
    happened.ReviewSettled,
    happened.TurnedDown,
    happened.ReferralKnown,
    happened.AbuseProposed,
    happened.AbuseDecided,
    happened.Appealed,
    happened.AppealDecided,
    happened.Noted,
    happened.CallbackOpened,
    happened.CallbackChosen,
    happened.CallbackConfirmed,
    happened.CallbackEntrusted,
    happened.CallbackAttempted,
    happened.CallbackDone,
    happened.ContactRefused,
    DelayExplained,
    EngagementDirected,
    Doubted,
    Upheld,
    CorrectionConfirmed,
    events_panel.EscalationOffered,
    events_panel.EscalationPassed,
    events_panel.ReadAlong,
    events_panel.ReadingEnded,
    events_panel.Joined,
    events_panel.ReviewLapsed,
)
TRANSITIONS |= {(state, event): state for state in STATES for event in ANYWHERE}

#: kind -> class, of everything that can happen.
KINDS: dict[str, type[Event]] = {event.kind: event for _, event in TRANSITIONS}
#: event -> the fields that it changes, and to what.
CHANGES: dict[type[Event], Any] = {
    **changes_talk.CHANGES,
    **changes_desks.CHANGES,
    **changes_panel.CHANGES,
}
