"""The server a competent developer writes first: python-socketio as its manual shows it.

Stock library with its defaults (asyncio, json, a task for each event), an asyncpg pool with its
defaults, one INSERT for each message, acknowledged after the insert, pushed to the ticket's room.
It checks nothing: no log-in, no rules, no repeats, no journal.

Usage: naive_python.py PORT DSN TICKETS LAWYERS
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import socketio
from aiohttp import web

INSERT = "insert into msg (room, sender, body, ts) values ($1, $2, $3, $4) returning id"

sio = socketio.AsyncServer(async_mode="aiohttp")
app = web.Application()
sio.attach(app)


@sio.event
async def connect(sid: str, environ: dict[str, Any], auth: dict[str, str]) -> None:
    """`c17` joins the room of ticket 17, `l3` those of the tickets that lawyer 3 holds."""
    side, place = auth["token"][0], int(auth["token"][1:])
    tickets, lawyers = app["shape"]
    rooms = [place] if side == "c" else range(place, tickets, lawyers)
    for room in rooms:
        await sio.enter_room(sid, f"t{room}")
    await sio.save_session(sid, {"sender": auth["token"]})


@sio.on("message:send")
async def send(sid: str, data: dict[str, str]) -> dict[str, Any]:
    sender = (await sio.get_session(sid))["sender"]
    now = datetime.now(UTC)
    seq = await app["pool"].fetchval(INSERT, data["number"], sender, data["body"], now)
    sent_at = now.isoformat(timespec="milliseconds")
    message = {
        "ticket": data["number"],
        "seq": seq,
        "id": data["id"],
        "author": sender,
        "body": data["body"],
        "sent_at": sent_at,
    }
    await sio.emit("message:new", message, room=data["number"])
    return {"ok": True, "seq": seq, "sent_at": sent_at}


async def database(app: web.Application) -> Any:
    app["pool"] = await asyncpg.create_pool(sys.argv[2])
    await app["pool"].execute((Path(__file__).parent / "table.sql").read_text())
    yield
    await app["pool"].close()


if __name__ == "__main__":
    app["shape"] = (int(sys.argv[3]), int(sys.argv[4]))
    app.cleanup_ctx.append(database)
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None)
