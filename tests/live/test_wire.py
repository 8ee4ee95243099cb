"""What goes over the wire, of our types that say more than the contract's objects."""

from __future__ import annotations

from typing import get_args

import pytest

from chatserver.live import wire
from chatserver.rules.experts import TOLD_AS, Reason
from tests.rules.life import CHEN, met


@pytest.mark.parametrize("cause", TOLD_AS)
def test_an_escalation_has_a_reason_of_the_contracts_list_and_our_own_beside_it(cause: str) -> None:
    life = met()
    asked = life.ticket.having(
        escalation=f"{life.ticket.number}.1", escalation_state="open", escalation_reason=cause
    )
    row = dict.fromkeys(("ground", "question", "claimed_by", "resolved_at", "answer_ground"))
    row |= {"id": asked.escalation, "reason": cause, "state": "open", "opened_at": life.now}
    shown = wire.escalation(row, asked, life.now)
    assert shown.ticket.escalation is not None and shown.ticket.assignee is not None
    assert shown.ticket.assignee.staff_no == CHEN.staff_no
    for one in (shown, shown.ticket.escalation):
        assert one.cause == cause and one.reason in get_args(Reason)
        assert one.reason == cause or cause in ("callback", "review_overdue")
    assert get_args(Reason) == (
        *("lawyer", "live_overdue", "message_overdue", "promise_overdue", "callback_overdue"),
    )
