"""What the service said of itself, told to somebody who reads English."""

from __future__ import annotations

from chatserver.i18n import translate
from chatserver.pages.sentences import said
from chatserver.rules import notices


def test_what_was_filled_in_is_told_in_english_too() -> None:
    assert said("en", notices.delayed("answer", 1200)).startswith(
        "We are sorry that you were not answered within 20 minutes."
    )
    assert "within 1 hour." in said("en", notices.delayed("answer", 3600))
    moved = notices.CALLBACK_MOVED.format(day="11月30日 24:00")
    assert said("en", moved).endswith("due by 30 November 24:00.")
    put_right = notices.CORRECTED.format(reason="引错条文")
    assert said("en", put_right) == "The earlier answer has been corrected. Reason: 引错条文"


def test_every_sentence_of_ours_is_known_in_english() -> None:
    # Two are no sentences of their own: a page draws them with a link and as a heading.
    drawn = {notices.EARLIER, notices.EARLIER_ANSWER}
    texts: list[str] = []
    for name, value in vars(notices).items():
        if name.isupper():
            texts += value.values() if isinstance(value, dict) else [value]
    lines = [it for text in texts if isinstance(text, str) for it in text.split("\n")]
    assert [it for it in lines if it not in drawn and translate("en", it) == it] == []


def test_what_is_not_known_stays_as_it_was_said() -> None:
    body = f"{notices.DISCLAIMER}\n律师另有说明。"
    assert said("zh", body) == body
    first, second = said("en", body).split("\n")
    assert first.isascii() and second == "律师另有说明。"
