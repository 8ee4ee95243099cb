"""Stands between the road and PostgreSQL and breaks the line where it hurts most: at the COMMIT."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter, deque
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

#: What may befall a COMMIT: never sent on; sent on and its answer kept back; sent on and cut at once.
FATES = ("lost", "swallowed", "raced")


class Proxy:
    """`fates` are taken by one COMMIT each; `stall` lets nothing through until `resume`."""

    def __init__(self, dsn: str, folder: Path) -> None:
        self.dsn = dsn
        self.socket = folder / ".s.PGSQL.5432"
        parts = urlsplit(dsn)
        query = parse_qs(parts.query)
        self._upstream = (
            query.get("host", [parts.hostname or ""])[0],
            query.get("port", ["5432"])[0],
        )
        user = f"{parts.username}@" if parts.username else ""
        place = urlencode({"host": str(folder), "port": "5432"})
        self.away = urlunsplit((parts.scheme, user, parts.path, place, ""))
        self.fates: deque[str] = deque()
        self.befell: Counter[str] = Counter()
        self._open = asyncio.Event()
        self._open.set()
        self._lines: set[asyncio.Task[None]] = set()

    def stall(self) -> None:
        self._open.clear()

    def resume(self) -> None:
        self._open.set()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        host, port = self._upstream
        if host.startswith("/"):
            return await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
        return await asyncio.open_connection(host, int(port))

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, until one of its ends is cut."""
        there_reader, there_writer = await self._connect()
        fate: list[str] = []
        pumps = {
            asyncio.create_task(self._ask(reader, there_writer, fate)),
            asyncio.create_task(self._answer(there_reader, writer, fate)),
        }
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
            there_writer.close()
            writer.transport.abort()

    async def _ask(
        self, reader: asyncio.StreamReader, there: asyncio.StreamWriter, fate: list[str]
    ) -> None:
        inside = False
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65536):
                await self._open.wait()
                inside = inside or (data.startswith(b"Q") and b"BEGIN" in data[:16])
                # Plain talk is one statement that commits by itself; its hint names the tickets.
                commits = not inside and b'{"tickets":' in data
                if data.startswith(b"Q") and b"COMMIT" in data[:16]:
                    inside, commits = False, True
                if commits and self.fates:
                    fate.append(self.fates.popleft())
                    self.befell[fate[0]] += 1
                    if fate[0] == "lost":
                        return
                there.write(data)
                await there.drain()
                if fate == ["raced"]:
                    return

    async def _answer(
        self, there: asyncio.StreamReader, writer: asyncio.StreamWriter, fate: list[str]
    ) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await there.read(65536):
                await self._open.wait()
                if fate == ["swallowed"]:
                    return
                writer.write(data)
                await writer.drain()


@contextlib.asynccontextmanager
async def proxied(dsn: str, folder: Path) -> AsyncIterator[Proxy]:
    """A proxy before `dsn`; its own address is `away`. `folder` must have a short path."""
    proxy = Proxy(dsn, folder)
    server = await asyncio.start_unix_server(proxy.serve, str(proxy.socket))
    try:
        yield proxy
    finally:
        server.close()
