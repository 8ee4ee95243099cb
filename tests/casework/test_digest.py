"""What tells two questions under one id apart outlives an upgrade of the server."""

from __future__ import annotations

import msgspec
import pytest

from chatserver.calls import digest_of
from chatserver.live.wire_payloads import TicketOpen
from chatserver.rules.question import Question

SENT = (
    '{"id":"q-1","kind":"live","category":"labour","body":"工资 <\\"\\\\n🙂>","on_behalf_of":"self",'
    '"in_litigation":false,"earlier":{"number":"BJ20261123-000042-5","because":"new_facts"}}'
)


class Later(TicketOpen):
    """A later version's, with a field more."""

    in_writing_too: bool = False
    languages: tuple[str, ...] = ()


@pytest.mark.parametrize("kind", [TicketOpen, Later])
def test_a_question_that_was_sent_before_an_upgrade_is_the_same_after_it(
    kind: type[TicketOpen],
) -> None:
    asked = msgspec.json.decode(SENT, type=kind)
    known = "e2c4264c89593f6446b7b97b5ee4320ebd94da2daf8b2f9d4c24c2ca68ca20fc"
    assert digest_of(asked).hex() == known


def test_so_is_one_that_was_filed_by_the_form() -> None:
    asked = Question("q-1", "message", "labour", "工资", in_litigation=True)
    known = "37e76449c834299bec97af881fd1d022cb528cdaa6221d1b8c4f357d1d40126e"
    assert digest_of(asked).hex() == known


def test_what_a_later_field_says_counts() -> None:
    asked = msgspec.json.decode(SENT, type=Later)
    other = msgspec.structs.replace(asked, in_writing_too=True)
    assert digest_of(asked) != digest_of(other)
