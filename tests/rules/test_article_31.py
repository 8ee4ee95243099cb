"""Article 31: a case before a court or an authority is not answered here, and is told where to go."""

from __future__ import annotations

from chatserver.rules import asking
from chatserver.rules.refusing import refuse
from tests.rules.life import CHEN, Life, met, refusal


def test_a_pending_case_opens_nothing_and_is_shown_the_way() -> None:
    refused = refusal(Life().open, in_litigation=True)
    assert (refused.code, refused.article) == ("in_litigation", 31)
    assert {"warning", "help", "open"} <= set(refused.details)
    assert any(place.get("phone") == "12368" for place in refused.details["help"])


def test_any_other_question_passes() -> None:
    asking.not_in_litigation(False)
    assert Life().open().ticket.state == "queued"


def test_a_case_found_out_later_ends_with_what_stays_open_and_a_warning() -> None:
    life = met()
    life.do(refuse, CHEN, "in_litigation")
    assert life.ticket.outcome == "refused:in_litigation"
    said = next(e for e in life.events if getattr(e, "notice", "") == "refusal")
    assert "12348" in getattr(said, "body", "") and "期限" in getattr(said, "body", "")
