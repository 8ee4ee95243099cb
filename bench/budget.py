"""What one message costs in the server process, step by step, in microseconds.

Every step is the product's own function on a message as the load generator sends it, timed alone (best
of five). The last rows time the whole road with PostgreSQL: the process's own CPU time for messages
that go through `Casework` in batches, without sockets.

Usage: python -m bench budget [--messages N]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import socket
import time
import timeit
from collections.abc import Callable
from typing import Any

import uvloop
from aiohttp._websocket.reader import WebSocketReader

from chatserver.batch import Batch
from chatserver.calls import Call
from chatserver.clock import Clock
from chatserver.live import citizen, wire
from chatserver.live.transport_frames import FrameQueue
from chatserver.live.transport_packets import Frame, ack_packet, read_event, websocket_frame
from chatserver.rules import asking
from chatserver.rules.audience import authorize, rooms
from chatserver.rules.events import Record
from chatserver.rules.events_talk import Sent
from chatserver.rules.numbers import month_of, ticket_number
from chatserver.rules.people import Citizen
from chatserver.rules.policy import Policy
from chatserver.rules.ticket import Ticket
from chatserver.store import chain
from chatserver.store.journal import TOUCHED, Journal, _columns, _touch
from chatserver.store.shelf import Kept, Shelf
from chatserver.store.tickets import body_of

from . import meter
from .budget_road import BATCH, QUESTION, road
from .client import encode, frame
from .contenders import SERVER_CORE
from .talk import BODY

ID = "c-017-00004711"
NAMESPACES = ("/citizen", "/lawyer")
Step = tuple[str, str, float]


def best(work: Callable[[], Any], per_call: int = 1) -> float:
    """Microseconds for each message: the best of five runs of about 50 ms."""
    timer = timeit.Timer(work)
    count, took = timer.autorange()
    count = max(1, int(count * 0.05 / took))
    return min(timer.repeat(5, count)) / count / per_call * 1e6


class _Reading:
    """What a frame queue asks of its protocol."""

    _reading_paused = False


def steps() -> list[Step]:
    """`(group, step, µs per message)` of everything that needs no database."""
    now = Clock().now()
    figures = Policy(identity="none")
    number = ticket_number("BJ", now.date(), 42)
    actor = Citizen("a" * 32, agreed=True)
    ticket = Ticket(number, actor.account)
    journal = Journal("bench", now)
    ticket, _ = journal.record(ticket, asking.open_ticket(actor, now, figures, QUESTION), "citizen")
    payload = encode({"number": number, "id": ID, "body": BODY})
    packet = b'42/citizen,17["message:send",' + payload + b"]"
    masked = frame(packet)
    verb = citizen.VERBS["message:send"]
    decoded = verb.decode(payload)
    sent = Sent("citizen", BODY, ID)
    record = Record(7, 6, now, "citizen", sent)
    body, salt = body_of(sent), os.urandom(32)
    committed = chain.commitment(salt, body)
    pushed = wire.encode(wire.message(number, record))
    ack = wire.said(6, now)

    def call() -> Call:
        return Call(
            "send",
            asking.send,
            number,
            actor,
            (ID, BODY, None),
            said=(ID, "sent", BODY),
        )

    calls = [call() for _ in range(BATCH)]
    tickets = [ticket.having(number=ticket_number("BJ", now.date(), n + 1)) for n in range(BATCH)]
    for one, other in zip(calls, tickets, strict=True):
        one.number = other.number

    def decide() -> None:
        batch = Batch(calls, Shelf(), figures, now, "bench")
        batch.kept = {one.number: Kept(one) for one in tickets}
        for one in calls:
            batch._judge(one)

    def rows() -> None:
        _columns([_touch(one, 1, 6, now) for one in tickets], TOUCHED)

    def link() -> bytes:
        return chain.link(
            ticket.head, number, 7, 6, chain.microseconds(now), "sent", "citizen", committed
        )

    return [
        ("in", "frame from the socket's bytes (aiohttp)", _frame_reading(masked)),
        (
            "in",
            "packet: namespace, ack number, name, strict JSON",
            best(lambda: read_event(packet)),
        ),
        ("in", "payload to a typed struct", best(lambda: verb.decode(payload))),
        ("in", "ticket number checked", best(lambda: month_of(decoded.number))),
        ("in", "call made", best(call)),
        ("decide", "may they?", best(lambda: authorize(actor, "send", ticket))),
        ("decide", "rule", best(lambda: asking.send(ticket, now, actor, ID, BODY, None))),
        ("decide", "ticket after the event", best(lambda: ticket.after(sent, now))),
        ("decide", "body to bytes", best(lambda: body_of(sent))),
        ("decide", "salt", best(lambda: os.urandom(chain.SALT_BYTES))),
        ("decide", "commitment", best(lambda: chain.commitment(salt, body))),
        ("decide", "header and hash", best(link)),
        ("decide", "all of it, as a batch does it", best(decide, BATCH)),
        ("save", "columns of ticket rows", best(rows, BATCH)),
        ("out", "message object to JSON", best(lambda: wire.encode(wire.message(number, record)))),
        ("out", "who hears it", best(lambda: rooms(ticket, sent))),
        (
            "out",
            f"{len(NAMESPACES)} frames, one a namespace",
            best(lambda: [Frame.event(space, "message:new", pushed) for space in NAMESPACES]),
        ),
        (
            "out",
            "acknowledgement",
            best(lambda: websocket_frame(ack_packet(b"/citizen,", b"17", wire.said(6, now)))),
        ),
        ("out", "three writes (system calls)", _writing(pushed, ack)),
    ]


def _frame_reading(masked: bytes) -> float:
    loop = asyncio.new_event_loop()
    queue = FrameQueue(_Reading(), loop)
    queue._parked = True
    queue.take = lambda data: True
    reader = WebSocketReader(queue, 2**17, compress=False, decode_text=False)
    try:
        # The reader unmasks in place, so each run needs its own bytes.
        return best(lambda: reader.feed_data(bytes(bytearray(masked))))
    finally:
        loop.close()


def _writing(pushed: bytes, ack: bytes) -> float:
    """An acknowledgement and two pushes over loopback TCP, the reader keeping up."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        ours = socket.create_connection(listener.getsockname())
        theirs, _ = listener.accept()
    frames = [websocket_frame(ack), websocket_frame(pushed), websocket_frame(pushed)]
    size = sum(map(len, frames))
    taken = 0.0

    def once() -> None:
        nonlocal taken
        start = time.perf_counter()
        for one in frames:
            ours.send(one)
        taken += time.perf_counter() - start
        left = size
        while left:
            left -= len(theirs.recv(left))

    for _ in range(200):
        once()
    taken = 0.0
    for _ in range(2000):
        once()
    ours.close()
    theirs.close()
    return taken / 2000 * 1e6


def main(arguments: list[str]) -> dict[str, Any]:
    """The command line; prints the budget and returns it."""
    parser = argparse.ArgumentParser(prog="python -m bench budget")
    parser.add_argument("--messages", type=int, default=20_000)
    given = parser.parse_args(arguments)
    os.sched_setaffinity(0, {SERVER_CORE})
    found = steps()
    for group, step, cost in found:
        print(f"{group:7} {step:50} {cost:6.2f} µs", flush=True)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        whole = runner.run(road(given.messages))
    print(
        f"road    {'whole, in the process, with asyncpg':50} {whole['process']:6.2f} µs\n"
        f"        {'and in PostgreSQL':50} {whole['database']:6.2f} µs"
        f"   ({whole['per_second']:,.0f}/s)"
    )
    return {"machine": meter.machine(), "steps": found, "road": whole}
