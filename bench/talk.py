"""The load: 200 talks with one message in flight each, or messages at a given rate."""

from __future__ import annotations

import asyncio
import itertools
import resource
from collections.abc import Sequence
from dataclasses import dataclass, field

from .client import clock, encode
from .contenders import Seat

#: A hundred characters, as a citizen and a lawyer type them.
BODY = (
    "公司上个月把我辞退了，没有提前三十天通知，也没有给任何补偿，只在群里说了一句。"
    "我在这里工作了四年零两个月，合同还有十个月到期，请问我能要求多少赔偿，需要准备哪些材料，去哪里申请仲裁？谢谢。"
)[:100]
SEND = b'"message:send"'
_FROM = {"c": b'"id":"c-', "l": b'"id":"l-'}
_KEY = len("l-000-00000000")


@dataclass
class Figures:
    """What one stretch of load showed.

    `rate` is acknowledgements per second, `client_busy` the share of its core that the load
    generator used; latencies are in seconds, from the moment a message was due to be sent.
    """

    rate: float = 0.0
    client_busy: float = 0.0
    sent: int = 0
    acked: int = 0
    refused: int = 0
    ack: list[float] = field(default_factory=list)
    delivery: list[float] = field(default_factory=list)

    @property
    def unanswered(self) -> int:
        return self.sent - self.acked - self.refused


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of `values` lie; NaN of none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")


class Talk:
    """Drives the seats of one contender; both sides of each talk speak in turn."""

    def __init__(self, seats: Sequence[Seat]) -> None:
        self.seats = seats
        self.figures = Figures()
        self.first_refusal = b""
        self._sent: dict[bytes, float] = {}
        self._count = itertools.count()
        self._turn = [n % 2 for n in range(len(seats))]
        self._head = [encode({"number": s.number})[:-1] + b',"id":"' for s in seats]
        self._tail = b'","body":' + encode(BODY) + b"}"
        self._running = False
        for side, links in (
            ("l", {seat.citizen for seat in seats}),
            ("c", {seat.lawyer for seat in seats}),
        ):
            for link in links:
                link.on_event = self._receiver(_FROM[side])

    def _receiver(self, mark: bytes):
        """What the other side's message means to who hears it; own ones are pushed too."""
        sent = self._sent

        def receive(packet: bytes) -> None:
            found = packet.find(mark)
            if found >= 0:
                at = sent.pop(packet[found + 6 : found + 6 + _KEY], None)
                if at is not None:
                    self.figures.delivery.append(clock() - at)

        return receive

    def _send(self, place: int, at: float, then: bool) -> None:
        """The next line in talk `place`; `then`: another one as soon as this is acknowledged."""
        seat = self.seats[place]
        self._turn[place] = lawyer = 1 - self._turn[place]
        key = b"%c-%03d-%08d" % (b"cl"[lawyer], place, next(self._count))
        figures = self.figures

        def acknowledged(answer: bytes) -> None:
            if b'"ok":true' in answer:
                figures.acked += 1
                figures.ack.append(clock() - at)
            else:
                figures.refused += 1
                self.first_refusal = self.first_refusal or answer
            if then and self._running:
                self._send(place, clock(), True)

        self._sent[key] = at
        figures.sent += 1
        link = seat.lawyer if lawyer else seat.citizen
        link.emit(SEND, self._head[place] + key + self._tail, acknowledged)

    def _begin(self) -> Figures:
        self._sent.clear()
        self.figures = Figures()
        return self.figures

    async def closed(self, seconds: float) -> Figures:
        """One message in flight in every talk for `seconds`."""
        figures = self._begin()
        self._running = True
        start, cpu = clock(), _own_cpu()
        for place in range(len(self.seats)):
            self._send(place, clock(), True)
        await asyncio.sleep(seconds)
        self._running = False
        took = clock() - start
        figures.rate = figures.acked / took
        figures.client_busy = (_own_cpu() - cpu) / took
        await self._settle(figures, 5)
        return figures

    async def offered(self, rate: float, seconds: float) -> Figures:
        """`rate` messages per second, whatever the server does."""
        figures = self._begin()
        start, cpu = clock(), _own_cpu()
        total = int(rate * seconds)
        places = itertools.cycle(range(len(self.seats)))
        sent = 0
        while sent < total:
            due = min(total, int((clock() - start) * rate) + 1)
            while sent < due:
                self._send(next(places), start + sent / rate, False)
                sent += 1
            await asyncio.sleep(max(0.0, start + sent / rate - clock()))
        took = clock() - start
        figures.rate = figures.acked / took
        figures.client_busy = (_own_cpu() - cpu) / took
        await self._settle(figures, 5)
        return figures

    async def _settle(self, figures: Figures, seconds: float) -> None:
        """Waits for what is under way."""
        deadline = clock() + seconds
        while (figures.unanswered or self._sent) and clock() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


def _own_cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime
