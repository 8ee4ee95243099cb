"""Article 31: a case before a court or an authority is not answered here, and is told where to go."""

from __future__ import annotations

from chatserver.rules import asking
from tests.rules.life import Life, refusal


def test_a_pending_case_opens_nothing_and_is_shown_the_way() -> None:
    refused = refusal(Life().open, in_litigation=True)
    assert (refused.code, refused.article) == ("in_litigation", 31)
    assert {"warning", "help", "open"} <= set(refused.details)
    assert any(place.get("phone") == "12368" for place in refused.details["help"])


def test_any_other_question_passes() -> None:
    asking.not_in_litigation(False)
    assert Life().open().ticket.state == "queued"
