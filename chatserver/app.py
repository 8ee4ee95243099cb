"""The composition root: the only file that imports everything, one cleanup context per resource."""

from __future__ import annotations

import asyncio
import gc
import logging
import secrets
import signal
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import suppress
from functools import partial
from typing import Any

from aiohttp import web

from chatserver.casework import Casework
from chatserver.clock import Clock
from chatserver.config import Config
from chatserver.house import House, policy_of
from chatserver.live import document, wire
from chatserver.live import wire_objects as objects
from chatserver.live.neighbours import Neighbours
from chatserver.live.presence import Presence
from chatserver.live.push import Push
from chatserver.live.push_desks import DeskPush
from chatserver.live.push_panel import PanelPush
from chatserver.live.queue import Queue
from chatserver.live.server import LiveServer
from chatserver.live.transport import Transport, runner_options, site_options
from chatserver.pages import routes
from chatserver.pages.asyncapi import SocketEvent
from chatserver.rules.articles import Refused
from chatserver.rules.ticket import Ticket
from chatserver.store import calendar, hints
from chatserver.store.database import Database
from chatserver.timers.calendar import keep_calendar
from chatserver.timers.custody import Custody
from chatserver.timers.deadlines import Deadlines
from chatserver.timers.housekeeping import housekeeping
from chatserver.timers.outbox import Post
from chatserver.timers.panel import Panel
from chatserver.timers.routing import Router

#: What clients are told to wait before they come back after a drain, and how many seconds it waits for
#: a moment without writes before it closes their sockets.
RECONNECT_IN_MS = 500
SETTLE_WITHIN = 1.0
log = logging.getLogger(__name__)


class Server:
    """One process: everything wired. `app` is the aiohttp application."""

    def __init__(self, config: Config, dsn: str, clock: Clock | None = None) -> None:
        self.config = config
        self.clock = clock or Clock()
        self.process = secrets.token_hex(8)
        figures = policy_of(config)
        self.database = Database(dsn)
        self.casework = Casework(self.database, self.clock, figures, self.process)
        self.queue = Queue(self.database, self.clock)
        self.presence = Presence(self.database, self.clock, self.process)
        parts = (self.database, self.casework, self.clock)
        self.router = Router(*parts, figures, self.announce_duty)
        self.panel = Panel(*parts, figures)
        self.deadlines = Deadlines(*parts)
        self.custody = Custody(*parts, figures, self.announce_duty)
        self.live = LiveServer(
            *parts,
            figures,
            self.queue,
            self.presence,
            messages_per_second=config.messages_per_second,
            wake_router=self.router.wake,
            wake_panel=self.panel.wake,
            announce_duty=self.announce_duty,
        )
        self.transport = Transport(
            self.live,
            allowed_origins=config.allowed_origins,
            connections_per_address=config.connections_per_address,
            connects_per_second=config.connects_per_second,
            events_per_second=10 * config.messages_per_second,
            trusted_proxies=config.trusted_proxies,
            error_object=wire.error_fields,
        )
        self.push = Push(self.transport, self.clock, self.queue.place_of)
        self.desk_push = DeskPush(self.database, self.push)
        self.live.panel = PanelPush(self.database, self.push, self.live.experts)
        self.neighbours = Neighbours(
            self.database,
            self.clock,
            self.process,
            self.push,
            listeners=[self.push.deliver, self.desk_push.deliver, self.live.panel.deliver],
            on_duty=self.live.tell_duty,
            on_ended=self.live.end_session,
        )
        self.live.transport = self.transport
        self.live.push = self.push
        self.live.neighbours = self.neighbours
        self.casework.listeners = [self.push.deliver, self.deadlines.heard]
        self.casework.watchers = [
            self.desk_push.deliver,
            self.live.panel.deliver,
            self.router.heard,
            self.panel.heard,
        ]
        self.house = House(
            config,
            self.clock,
            self.database,
            self.casework,
            figures,
            self.process,
            end_session=self.end_session,
        )
        self.app = web.Application()
        self.transport.attach(self.app)
        routes.mount(
            self.app,
            self.house,
            ticket_object=self._ticket_object,
            ticket_struct=objects.TicketObject,
            socket_events=[SocketEvent(*told) for told in document.events()],
        )
        self.app.cleanup_ctx.extend([self._with_database, self._with_casework, self._with_timers])

    async def _ticket_object(self, ticket: Ticket) -> objects.TicketObject:
        place = await self.queue.place_of(ticket)
        return wire.ticket(ticket, self.clock.now(), place)

    async def announce_duty(self, staff_no: str) -> None:
        """A lawyer's duty changed: pushed here, hinted to the other processes."""
        await self.live.tell_duty(staff_no)
        await hints.post(self.database, self.process, self.clock.now(), {"duty": [staff_no]})

    async def end_session(self, session: bytes) -> None:
        """A session ended: its sockets close here at once, elsewhere within a poll."""
        self.live.end_session(session)
        await hints.post(self.database, self.process, self.clock.now(), {"ended": [session.hex()]})

    async def drain(self) -> None:
        """No new tickets, clients told to move, writes finished."""
        self.house.draining = self.live.draining = True
        with suppress(TimeoutError):
            async with asyncio.timeout(SETTLE_WITHIN):
                await self.casework.rest()
        await self.transport.drain(RECONNECT_IN_MS)

    async def _with_database(self, app: web.Application) -> AsyncIterator[None]:
        await self.database.open()
        self.live.calendar = await calendar.load(self.database, self.clock.now().year)
        yield
        await self.database.close()

    async def _with_casework(self, app: web.Application) -> AsyncIterator[None]:
        await self.casework.start()
        yield
        await self.casework.stop()

    async def _with_timers(self, app: web.Application) -> AsyncIterator[None]:
        works: list[Coroutine[Any, Any, None]] = [
            self.deadlines.run(),
            self.router.run(),
            self.panel.run(),
            self.custody.run(),
            self.presence.keep(),
            self.neighbours.watch(),
            self.queue.watch(self.push),
            self.live.check_sessions(),
            housekeeping(self.database, self.clock),
            Post(self.database, self.clock, self.config).run(),
            keep_calendar(
                self.database,
                self.casework,
                self.clock,
                self.house.figures,
                use=partial(setattr, self.live, "calendar"),
            ),
        ]
        tasks = [asyncio.create_task(work) for work in works]
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def serve(config: Config, dsn: str, ready: Callable[[str], None] | None = None) -> None:
    """Runs one server process until SIGTERM or SIGINT, then drains. `ready(url)` once it listens.

    Raises OSError when the address is taken, `Refused` when the database is away at the start.
    """
    server = Server(config, dsn)
    runner = web.AppRunner(server.app, **runner_options())
    try:
        await runner.setup()
        site = web.TCPSite(runner, config.host, config.port, **site_options())
        await site.start()
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        # Everything built at the start lives to the end: the collector need not look at it again.
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 20, 20)
        if ready is not None:
            ready(config.public_url)
        await stop.wait()
        await server.drain()
    finally:
        with suppress(Refused):
            await runner.cleanup()
