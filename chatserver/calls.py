"""What goes down the road, and what comes of it: a call and its outcome."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, NamedTuple

import msgspec

from chatserver.rules.articles import Refused
from chatserver.rules.events import Record
from chatserver.rules.people import Actor
from chatserver.rules.ticket import Ticket

#: What a question has always been told apart by, set or not. Nothing may be added here.
ALWAYS = frozenset(
    {
        *("id", "kind", "category", "body", "title", "on_behalf_of", "in_litigation"),
        *("attachments", "mask", "earlier", "because", "case_number_is_not_mine"),
    }
)


def digest_of(asked: Any) -> bytes:
    """Tells two questions under one id apart, without keeping what they say.

    A field that came later counts only when it says something, so that a question which is sent again
    after an upgrade is still the same.
    """
    fields = msgspec.to_builtins(asked)
    told = {name: value for name, value in fields.items() if name in ALWAYS or value}
    return sha256(msgspec.json.encode(told)).digest()


class Outcome(NamedTuple):
    """What a call came to, for its caller and then for the listeners: the ticket, what happened to it and,
    of the caller's own message, the record. `replayed`: stored earlier, and asked for again because its
    acknowledgement was lost."""

    ticket: Ticket
    records: Sequence[Record]
    own: Record | None = None
    replayed: bool = False


@dataclass(eq=False, slots=True)
class Call:
    """One request on the road. `said` is `(client id, event kind, body)` of a call that says something,
    `beside` what else of its payload the event keeps, `(field, value)` each; `answer` is called once,
    with an `Outcome` or a `Refused`."""

    action: str
    rule: Callable[..., Any] | None
    number: str | None
    actor: Actor
    args: tuple[Any, ...]
    said: tuple[str, str, str] | None = None
    beside: tuple[tuple[str, Any], ...] = ()
    digest: bytes = b""
    answer: Callable[[Outcome | Refused], None] = lambda outcome: None
    born: float = 0.0
    done: bool = False

    def finish(self, outcome: Outcome) -> None:
        """The call succeeded; what was refused for waiting too long stays refused."""
        if not self.done:
            self.done = True
            self.answer(outcome)

    def refuse(self, refused: Refused) -> None:
        """The call failed; nothing of it was stored, or a retry will find it."""
        if not self.done:
            self.done = True
            self.answer(refused)
