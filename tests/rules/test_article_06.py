"""Article 6: who asks may be required to be registered with a real identity."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from chatserver.rules import asking
from chatserver.rules.people import Citizen
from tests.rules.life import FIGURES, START, refusal

UNCHECKED = Citizen("sun", verified=False, agreed=True)


def test_an_unchecked_identity_opens_no_ticket() -> None:
    refused = refusal(asking.identify, UNCHECKED, START, FIGURES)
    assert (refused.code, refused.article) == ("identity_required", 6)


def test_where_no_identity_is_required_none_is_asked() -> None:
    asking.identify(UNCHECKED, START, replace(FIGURES, identity="none"))


def test_a_checked_identity_may_ask() -> None:
    asking.identify(Citizen("wang", verified=True), START, FIGURES)


def test_a_blocked_citizen_is_told_until_when() -> None:
    blocked = Citizen("li", blocked_until=START + timedelta(days=1))
    refused = refusal(asking.identify, blocked, START, FIGURES)
    assert refused.code == "blocked"
    assert refused.details == {"until": "2026-11-24T02:00:00.000Z"}


def test_a_block_ends_by_itself() -> None:
    asking.identify(Citizen("li", blocked_until=START), START, FIGURES)
