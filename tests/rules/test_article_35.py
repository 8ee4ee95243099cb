"""Article 35: the service agreement comes before the service."""

from __future__ import annotations

from dataclasses import replace

from chatserver.rules import asking
from chatserver.rules.notices import OTHER_WAYS
from chatserver.rules.people import Citizen
from chatserver.rules.question import Question
from tests.rules.life import FIGURES, START, Life, refusal

ASKED = Question("q-1", "live", "labour", "工资")


def test_without_consent_no_ticket_is_opened() -> None:
    unasked = Citizen("sun", agreed=False)
    refused = refusal(asking.open_ticket, unasked, START, FIGURES, ASKED)
    assert (refused.code, refused.article) == ("agreement_required", 35)


def test_consent_comes_before_identity_and_grounds() -> None:
    nobody = Citizen("sun", verified=False, agreed=False)
    refused = refusal(
        asking.open_ticket, nobody, START, FIGURES, replace(ASKED, in_litigation=True)
    )
    assert refused.code == "agreement_required"


def test_a_talk_that_is_open_goes_on_without_a_new_consent() -> None:
    life = Life().open()
    asking.send(life.ticket, START, Citizen("wang", agreed=False), "c-1", "还有")


def test_whoever_declines_is_told_of_other_ways() -> None:
    assert any(way.get("phone") == "12348" for way in OTHER_WAYS)
