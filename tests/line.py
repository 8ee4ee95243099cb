"""The line between a server and PostgreSQL, in a test's hand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlsplit


class Line:
    """A line to PostgreSQL that can be cut, or go silent as a dead network does."""

    def __init__(self, dsn: str) -> None:
        parts = urlsplit(dsn)
        folder = parse_qs(parts.query).get("host", [""])[0]
        self.unix = f"{folder}/.s.PGSQL.{parts.port or 5432}" if folder else ""
        self.far = (parts.hostname or "localhost", parts.port or 5432)
        self.user = parts.username or "postgres"
        self.password = f":{parts.password}" if parts.password else ""
        self.database = parts.path
        self.open = asyncio.Event()
        self.open.set()
        self.cut = False
        self.ends: set[asyncio.StreamWriter] = set()
        self.carrying: set[asyncio.Task[None]] = set()

    @property
    def dsn(self) -> str:
        port = self.server.sockets[0].getsockname()[1]
        return f"postgresql://{self.user}{self.password}@127.0.0.1:{port}{self.database}"

    async def start(self) -> None:
        self.server = await asyncio.start_server(self._accept, "127.0.0.1", 0)

    async def stop(self) -> None:
        """Ends the line; the server behind it must have let go of it."""
        self.server.close()
        for end in self.ends:
            end.transport.abort()
        while self.carrying:
            await asyncio.wait(self.carrying)

    async def _accept(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        if self.cut:
            back.transport.abort()
            return
        there = asyncio.open_unix_connection(self.unix) if self.unix else None
        far, forth = await (there or asyncio.open_connection(*self.far))
        self.ends |= {back, forth}
        for source, sink in ((near, forth), (far, back)):
            task = asyncio.create_task(self._carry(source, sink))
            self.carrying.add(task)
            task.add_done_callback(self.carrying.discard)

    async def _carry(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        try:
            while piece := await source.read(65536):
                await self.open.wait()
                sink.write(piece)
                await sink.drain()
        except OSError:
            pass
        finally:
            sink.close()

    @asynccontextmanager
    async def away(self, silent: bool = False) -> AsyncIterator[None]:
        if silent:
            self.open.clear()
        else:
            self.cut = True
            for end in self.ends:
                end.transport.abort()
        yield
        self.cut = False
        self.open.set()
