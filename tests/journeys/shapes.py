"""The contract's objects (section 4) as tables: each field with what it may hold, and not one more."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from chatserver.rules.experts import GROUNDS, TOLD_AS

Check = Callable[[Any], bool]
Shape = Mapping[str, Check]


def fits(value: Any, shape: Shape) -> None:
    """Fails unless `value` has exactly the fields of `shape`, each as it must be; "name?" may be missing."""
    assert isinstance(value, dict), value
    checks = {name.rstrip("?"): check for name, check in shape.items() if name.rstrip("?") in value}
    missing = {name for name in shape if not name.endswith("?")} - set(value)
    assert not missing and set(value) == set(checks), missing or set(value) - set(checks)
    for name, check in checks.items():
        assert check(value[name]), f"{name} is {value[name]!r} in {value}"


def of(*types: type) -> Check:
    """A value of exactly one of these types: a bool is no int."""
    return lambda value: type(value) in types


def one_of(*values: Any) -> Check:
    return lambda value: value in values and type(value) is not int


def nullable(check: Check) -> Check:
    return lambda value: value is None or check(value)


def matching(pattern: str) -> Check:
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None


def shaped(shape: Shape) -> Check:
    def check(value: Any) -> bool:
        fits(value, shape)
        return True

    return check


def nothing(value: Any) -> bool:
    return value is None


instant = matching(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
number = matching(r"[A-Z]{1,8}[0-9]{8}-[0-9]{6}-[0-9X]")
staff_no = matching(r"[A-Z][0-9]{4,6}")
text, count, flag = of(str), of(int), of(bool)

CLOCK: Shape = {
    "article": count,
    "kind": one_of("live_answer", "message_answer", "promise", "callback"),
    "due_at": nullable(instant),
    "late": flag,
    "suspended": flag,
    "next": one_of("experts", "reroute", "operator", "close"),
}
QUEUE: Shape = {
    "position": lambda value: type(value) is int and value >= 1,
    "expected_wait_s": nullable(count),
    "expected_wait_low_s": nullable(count),
    "on_duty": count,
}
STAFF: Shape = {"staff_no": staff_no, "profession": text}
OUTCOMES = (
    *("answered", "withdrawn", "expired"),
    *(f"refused:{why}" for why in ("out_of_scope", "in_litigation", "abuse", "repeated")),
)
#: `epoch`, `on_behalf_of`, `read`, `explanation_owed_by`, `readers`, `earlier`, `appeal` and `doubted` are
#: ours beyond the contract.
REASON = one_of(
    *("lawyer", "live_overdue", "message_overdue", "promise_overdue", "callback_overdue")
)
TICKET: Shape = {
    "number": number,
    "kind": one_of("live", "message"),
    "category": text,
    "title": text,
    "state": one_of("queued", "active", "scheduled", "answered", "closed"),
    "opened_at": instant,
    "answer_due_at": nullable(instant),
    "promised_at": nullable(instant),
    "clock": nullable(shaped(CLOCK)),
    "assignee": nullable(shaped(STAFF)),
    "queue": nullable(shaped(QUEUE)),
    "last_seq": count,
    "outcome": nullable(one_of(*OUTCOMES)),
    "satisfied": nullable(flag),
    "callback_due_at": nullable(instant),
    "escalation": nullable(
        shaped(
            {
                "state": one_of("open", "claimed", "resolved"),
                "reason": REASON,
                "how": nullable(one_of("opinion", "answer", "bounced")),
                "due_at": nullable(instant),
                "cause": one_of(*TOLD_AS),
            }
        )
    ),
    "callback": nullable(
        shaped(
            {
                "state": one_of("open", "begun", "done"),
                "at": nullable(instant),
                "who": nullable(text),
                "attempts": count,
                "provisional": flag,
                "comment": nullable(text),
                "attempted_at": lambda them: all(map(instant, them)),
                "how": nullable(one_of("answered", "attempted", "withdrawn", "refused")),
            }
        )
    ),
    "epoch": count,
    "on_behalf_of": one_of("self", "relative_or_friend"),
    "read": shaped({"citizen": count, "staff": count}),
    "explanation_owed_by": of(list),
    "readers": lambda them: all(map(staff_no, them)),
    "earlier": nullable(
        shaped(
            {
                "number": number,
                "because": one_of("new_facts", "not_understood", "not_satisfied", "same"),
            }
        )
    ),
    "appeal": nullable(one_of("open", "upheld", "dismissed")),
    "appeal_due_at": nullable(instant),
    "doubted": lambda them: all(map(count, them)),
    "level": nullable(one_of("satisfied", "partly", "not")),
    "reasons": of(list),
    "referral_known_at": nullable(instant),
}
NOTICES = (
    *("disclaimer", "delay_explained", "answer_promised", "question_asked", "correction"),
    *("refusal", "offline_engagement", "rate_us", "callback", "expert_joined"),
    *("reconnecting", "transferred", "idle_warning", "closed", "convert_offered"),
)
MESSAGE: Shape = {
    "ticket": number,
    "seq": count,
    "id": text,
    "author": shaped(
        {
            "kind": one_of("citizen", "staff", "expert", "system"),
            "staff_no": nullable(staff_no),
            "profession": nullable(text),
        }
    ),
    "type": one_of("text", "answer", "attachment", "notice"),
    "body": text,
    "masked": of(list),
    "corrects": nullable(count),
    "corrected_by": nullable(count),
    "attachment": nothing,
    "notice": nullable(one_of(*NOTICES)),
    "sent_at": instant,
    "about?": count,
    "confirmed_at?": instant,
}
DUTY: Shape = {"status": one_of("on", "pause", "off"), "capacity": count, "active": count}
SAID: Shape = {"seq": count, "sent_at": instant}
BY = one_of("citizen", "staff", "expert")

#: `offered_to`, `offer_expires_at` and `answer_ground` are ours beyond the contract.
ESCALATION: Shape = {
    "id": text,
    "ticket": shaped(TICKET),
    "reason": REASON,
    "ground": nullable(one_of("no_rule", "unclear", "disputed")),
    "question": nullable(text),
    "state": one_of("open", "claimed", "resolved"),
    "claimed_by": nullable(staff_no),
    "opened_at": instant,
    "resolved_at": nullable(instant),
    "offered_to": nullable(staff_no),
    "offer_expires_at": nullable(instant),
    "answer_ground": nullable(one_of(*GROUNDS)),
    "cause": one_of(*TOLD_AS),
}
REVIEW: Shape = {
    "id": text,
    "number": number,
    "seq": nullable(count),
    "body": text,
    "by": staff_no,
    "kind": one_of("opinion", "suggestion"),
    "state": one_of("open", "accepted", "contested", "overdue"),
    "opened_at": instant,
    "due_at": nullable(instant),
    "reply": nullable(text),
    "wording": nullable(text),
    "author": nullable(staff_no),
    "severity": nullable(one_of("cosmetic", "misleading", "harmful")),
}
#: `about`, `place` and `at` are ours beyond the contract.
NOTE: Shape = {
    "number": number,
    "body": text,
    "author": staff_no,
    "about": one_of("note", "support", "reply", "direct", "bounced"),
    "place": count,
    "at": instant,
}
ONE_TICKET: Shape = {"ticket": shaped(TICKET)}
TICKETS: Check = lambda them: all(map(shaped(TICKET), them))  # noqa: E731
ONE_ESCALATION: Shape = {"escalation": shaped(ESCALATION)}

#: event -> what its acknowledgement holds besides `ok`.
OWED: Shape = {"number": number, "clock": CLOCK["kind"], "owed_at": instant}
ACKS: Mapping[str, Shape] = {
    "ticket:open": {"ticket": shaped(TICKET)},
    "ticket:list": {"tickets": TICKETS},
    "ticket:sync": {
        "ticket": shaped(TICKET),
        "messages": lambda them: all(map(shaped(MESSAGE), them)),
        "more": flag,
    },
    "message:send": SAID,
    "message:read": {},
    "message:typing": {},
    "ticket:convert": {"ticket": shaped(TICKET)},
    "ticket:withdraw": {"ticket": shaped(TICKET)},
    "ticket:rate": {"ticket": shaped(TICKET)},
    "duty:set": {"duty": shaped(DUTY)},
    "ticket:accept": {"ticket": shaped(TICKET)},
    "ticket:decline": {"ticket": shaped(TICKET)},
    "pool:list": {"tickets": TICKETS, "callbacks": TICKETS},
    "callback:list": {"callbacks": TICKETS},
    "pool:claim": {"ticket": shaped(TICKET)},
    "ticket:answer": SAID,
    "ticket:close": {"ticket": shaped(TICKET)},
    "answer:confirm": {},
    "callback:choose": ONE_TICKET,
    "ticket:appeal": ONE_TICKET,
    "referral:confirm": ONE_TICKET,
    "ticket:schedule": ONE_TICKET,
    "ticket:ask": SAID,
    "ticket:explain_delay": SAID,
    "explanation:list": {"explanations": lambda them: all(map(shaped(OWED), them))},
    "ticket:offline": ONE_TICKET,
    "ticket:transfer": ONE_TICKET,
    "ticket:escalate": ONE_ESCALATION,
    "ticket:refuse": ONE_TICKET,
    "ticket:note": {},
    "support:ask": {},
    "answer:correct": SAID,
    "review:accept": {},
    "review:contest": {},
    "review:own": {
        "reviews": lambda them: all(map(shaped(REVIEW), them)),
        "scorecard": nullable(of(dict)),
    },
    "callback:begin": ONE_TICKET,
    "callback:attempt": ONE_TICKET,
    "draft:save": {},
    "draft:get": {"body": nullable(text)},
    "escalation:list": {"escalations": lambda them: all(map(shaped(ESCALATION), them))},
    "escalation:claim": ONE_ESCALATION,
    "escalation:opinion": ONE_ESCALATION,
    "escalation:pass": ONE_ESCALATION,
    "escalation:bounce": ONE_ESCALATION,
    "talk:list": {"tickets": lambda them: all(map(shaped(TICKET), them))},
    "talk:join": ONE_TICKET,
    "talk:leave": {},
    "escalation:answer": {"escalation": shaped(ESCALATION), **SAID},
    "review:list": {"reviews": lambda them: all(map(shaped(REVIEW), them))},
    "review:pass": {},
    "review:suggest": {},
    "note:list": {"notes": lambda them: all(map(shaped(NOTE), them))},
}
#: The same names, where `/expert` gives something else.
EXPERT_ACKS: Mapping[str, Shape] = {
    **ACKS,
    "review:list": {"tickets": lambda them: all(map(shaped(TICKET), them)), "reasons": of(dict)},
    "review:of": {"reviews": lambda them: all(map(shaped(REVIEW), them))},
    "ticket:sync": {
        **ACKS["ticket:sync"],
        "notes": lambda them: all(map(shaped(NOTE), them)),
    },
}
PUSHES: Mapping[str, Shape] = {
    "message:new": MESSAGE,
    "message:read": {"ticket": number, "by": BY, "seq": count},
    "message:typing": {"ticket": number, "by": BY, "on": flag},
    "ticket:update": TICKET,
    "queue:update": {"number": number, **QUEUE},
    "server:draining": {"reconnect_in_ms": count},
    "ticket:offer": {"ticket": shaped(TICKET), "expires_at": instant},
    "ticket:withdrawn_offer": {"number": number},
    "duty:update": {"duty": shaped(DUTY), "reason": nullable(text)},
    "message:update": MESSAGE,
    "note:new": NOTE,
    "support:reply": NOTE,
    "deadline:warning": {"number": number, "kind": CLOCK["kind"], "due_at": instant},
    "deadline:reminder": {"number": number, "kind": CLOCK["kind"], "due_at": instant},
    "review:new": REVIEW,
    "callback:due": {"number": number, "due_at": instant},
    "escalation:new": ONE_ESCALATION,
    "escalation:update": ONE_ESCALATION,
    "escalation:offer": {"escalation": shaped(ESCALATION), "expires_at": instant},
}
ERROR_CODES = (
    *("invalid", "unknown_event", "unauthenticated", "forbidden", "not_found", "conflict"),
    *("id_reused", "agreement_required", "identity_required", "blocked", "in_litigation"),
    *("repeated", "too_large", "unsupported_type", "rate_limited", "unavailable"),
)


def is_error(error: Any) -> None:
    """An error object of section 5."""
    assert set(error) <= {"code", "message", "article", "details"}, error
    assert error["code"] in ERROR_CODES
    assert isinstance(error["message"], str) and error["message"]
    assert type(error.get("article", 0)) is int
    if error["code"] == "invalid":
        assert error["details"], error
        for one in error["details"]:
            fits(one, {"path": matching(r"\$.*"), "problem": text})
    if error["code"] == "conflict":
        assert error["details"]["state"], error
