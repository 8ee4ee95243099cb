"""The handler behind the transport: who may connect, and from an event to the road, in arrival order."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import msgspec

from chatserver.calls import Call, Outcome
from chatserver.casework import Casework
from chatserver.clock import Clock
from chatserver.limits import Buckets
from chatserver.rules.articles import Refused
from chatserver.rules.audience import admit, room_of
from chatserver.rules.bodies import all_storable
from chatserver.rules.ladder import missed
from chatserver.rules.people import Expert, Lawyer, actor_of
from chatserver.rules.policy import Policy
from chatserver.rules.workdays import Calendar
from chatserver.store import presence as leases
from chatserver.store import sessions, tickets
from chatserver.store.database import Database

from . import citizen, expert, lawyer, wire
from .neighbours import Neighbours
from .presence import Presence
from .push import Push
from .push_desks import reminder
from .push_panel import PanelPush
from .queue import Queue
from .transport import Connection, Transport, check_strict
from .transport_logging import QuietLog
from .verbs import Reply, Seat, Verb

#: namespace -> the role that may connect, and the events that it may send.
NAMESPACES: dict[str, tuple[str, dict[str, Verb]]] = {
    "/citizen": ("citizen", citizen.VERBS),
    "/lawyer": ("lawyer", lawyer.VERBS),
    "/expert": ("expert", expert.VERBS),
}
#: Refusals that no honest page brings about: of each kind a line is written now and then.
ODD = frozenset(
    {"invalid", "unknown_event", "not_found", "conflict", "too_large", "id_reused", "rate_limited"}
)
#: Seconds after which a read that hangs in the database is `unavailable`.
PATIENCE = 2.7
log = logging.getLogger(__name__)


class LiveServer:
    """Implements `transport.Handler`; the parts it works with are given by `app`."""

    transport: Transport
    push: Push
    panel: PanelPush
    neighbours: Neighbours

    def __init__(
        self,
        db: Database,
        casework: Casework,
        clock: Clock,
        figures: Policy,
        queue: Queue,
        presence: Presence,
        *,
        messages_per_second: float,
        wake_router: Callable[[], None],
        wake_panel: Callable[[], None],
        announce_duty: Callable[[str], Awaitable[None]],
    ) -> None:
        self.db = db
        self.casework = casework
        self.clock = clock
        self.figures = figures
        self.queue = queue
        self.presence = presence
        self.buckets = Buckets(messages_per_second)
        self.wake_router = wake_router
        self.wake_panel = wake_panel
        self.announce_duty = announce_duty
        self.draining = False
        self.calendar = Calendar()
        self.sessions = sessions.Lookups(db, clock)
        self.quiet = QuietLog(log)
        self._tasks: set[asyncio.Task[None]] = set()

    async def connect(self, connection: Connection, auth: dict[str, Any] | None) -> None:
        """A session or socket token decides; a cookie never does (contract, section 4)."""
        if self.draining:
            raise Refused("unavailable")
        token = (auth or {}).get("token")
        session = None
        if isinstance(token, str) and token:
            session = await self.sessions.find(token)
        if session is None:
            raise Refused("unauthenticated")
        role, _ = NAMESPACES[connection.namespace]
        admit(session.account, (role,))
        actor = actor_of(session.account)
        room = room_of(actor)
        connection.account = Seat(actor, connection.language, session.parent, room)
        self.transport.join(connection, room)
        self.transport.join(connection, f"role:{role}")
        if isinstance(actor, Lawyer):
            await self.presence.joined(actor.staff_no)
            self.wake_router()
            self._later(self._greet(connection, actor))
        elif isinstance(actor, Expert):
            await self.presence.joined(actor.staff_no)
            self.wake_panel()
            self._later(self.panel.greet(actor))

    def experts(self) -> set[Expert]:
        """The experts who are connected here."""
        return {c.account.actor for c in self.transport.members("role:expert")}

    def disconnect(self, connection: Connection) -> None:
        """The end of a connection, however it came; called once."""
        seat: Seat = connection.account
        if isinstance(seat.actor, (Lawyer, Expert)):
            self.presence.left(seat.actor.staff_no)

    def receive(self, connection: Connection, name: str, payload: bytes, reply: Reply) -> None:
        """One event: decoded, and on the road before the next one is looked at, so that order holds."""
        seat: Seat = connection.account
        try:
            self.buckets.spend(seat.actor.account)
            verb = NAMESPACES[connection.namespace][1].get(name)
            if verb is None:
                check_strict(payload)
                raise Refused("unknown_event")
            try:
                read = verb.decode(payload)
            except (msgspec.DecodeError, UnicodeError) as error:
                check_strict(payload)
                raise wire.unreadable(error) from None
            if wire.NUL in payload:
                all_storable(msgspec.to_builtins(read))
            verb.handle(self, seat, read, reply)
        except Refused as refused:
            reply(self._refusal(refused, seat))

    def road(
        self,
        call: Call,
        seat: Seat,
        reply: Reply,
        acknowledge: Callable[[Any, Seat, Outcome, Reply], None],
    ) -> None:
        """Puts a call on the road; the acknowledgement follows the commit."""

        def answer(outcome: Outcome | Refused) -> None:
            if isinstance(outcome, Refused):
                reply(self._refusal(outcome, seat))
            else:
                acknowledge(self, seat, outcome, reply)

        if self.draining and call.action == "open":
            raise Refused("unavailable")
        call.answer = answer
        self.casework.submit(call)

    def spawn(self, work: Coroutine[Any, Any, bytes], seat: Seat, reply: Reply) -> None:
        """A read in the background; whatever happens, the client gets its acknowledgement in time:
        only the first reply counts."""

        async def run() -> None:
            try:
                reply(await work)
            except Refused as refused:
                reply(self._refusal(refused, seat))
            except Exception:
                log.exception("an event failed")
                reply(wire.refusal(Refused("unavailable"), seat.language))

        loop = asyncio.get_running_loop()
        late = wire.refusal(Refused("unavailable"), seat.language)
        timer = loop.call_later(PATIENCE, reply, late)
        self._later(run()).add_done_callback(lambda _: timer.cancel())

    def _refusal(self, refused: Refused, seat: Seat) -> bytes:
        """The error object; the line names the code and never who sent what."""
        if refused.code in ODD:
            self.quiet.warn(refused.code, f"An event was refused: {refused.code}.")
        return wire.refusal(refused, seat.language)

    async def is_on_duty(self, staff_no: str) -> bool:
        """Whether this lawyer is on duty and connected."""
        lawyers = await leases.on_duty(self.db, self.clock.now())
        return any(lawyer.staff_no == staff_no for lawyer, _ in lawyers)

    def end_session(self, session: bytes) -> None:
        """Closes the sockets of a session that was ended."""
        for connection in self.transport.connections():
            if connection.account.session == session:
                connection.close()

    async def check_sessions(self) -> None:
        """Every half minute: closes the sockets of sessions that ran out or whose account was disabled."""
        while True:
            await asyncio.sleep(30)
            held = {c.account.session for c in self.transport.connections()}
            try:
                living = await sessions.living(self.db, list(held), self.clock.now())
            except Refused:
                continue
            except Exception:
                log.exception("the sessions were not checked")
                continue
            for session in held - living:
                self.end_session(session)

    async def tell_duty(self, staff_no: str) -> None:
        """Pushes a lawyer's duty to the connections that are here."""
        if f"staff:{staff_no}" in self.transport.occupied:
            duties = await leases.duties(self.db, [staff_no])
            if staff_no in duties:
                self.push.duty(staff_no, duties[staff_no])

    async def _greet(self, connection: Connection, actor: Lawyer) -> None:
        """A lawyer who comes (back) sees the duty that stands, the offer that is open, and the reminders
        that nobody was there to hear."""
        await self.tell_duty(actor.staff_no)
        held = await tickets.listed(self.db, actor, open_only=True)
        for ticket in held:
            expires_at = ticket.offer_expires_at
            if ticket.offered_to == actor.staff_no and expires_at is not None:
                place = await self.queue.place_of(ticket)
                self.push.offer(ticket, expires_at, [room_of(actor)], place)
        owed = await tickets.callbacks_of(self.db, actor.staff_no)
        for number, ticket in {one.number: one for one in (*held, *owed)}.items():
            if (warned := missed(ticket, actor.staff_no)) is not None:
                self.push.whisper(connection, *reminder(number, warned))

    def _later(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(self._guarded(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    @staticmethod
    async def _guarded(work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Refused:
            pass  # the database is away; the client is told by its own next event
        except Exception:
            log.exception("a task of the live server failed")
