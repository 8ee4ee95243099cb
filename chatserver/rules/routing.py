"""Which waiting ticket goes to which lawyer, and what the waiting are told. Pure, and cheap per ticket."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from .articles import policy
from .events import Event
from .events_talk import Offered
from .people import System
from .question import Question
from .ticket import Ticket


@dataclass(frozen=True)
class Waiting:
    """A live ticket in the queue without an offer; the sequence is the queue's own order. `explainer`: who
    gave the answer that its asker did not understand."""

    number: str
    category: str
    passed_by: tuple[str, ...] = ()
    retry_at: datetime | None = None
    explainer: str | None = None


@dataclass(frozen=True)
class OnDuty:
    """A lawyer on duty and connected. `room` is capacity less talks and offers."""

    staff_no: str
    skills: frozenset[str]
    room: int
    idle_since: datetime

    def can(self, category: str) -> bool:
        """No skills named means all of them."""
        return not self.skills or category in self.skills


@policy("the most spare room first, then the longest idle")
def assign(
    queue: Iterable[Waiting], lawyers: Sequence[OnDuty], now: datetime
) -> list[tuple[str, str]]:
    """Pairs of (ticket number, staff number), in queue order, while anyone suitable has room.

    Whose answer was not understood is asked first. Those who passed the ticket by come last, and only
    once `retry_at` has come.
    Cost: one heap operation per ticket, whatever the queue's length.
    """
    room = {lawyer.staff_no: lawyer.room for lawyer in lawyers}
    heaps: dict[str, list[tuple[int, datetime, str]]] = {}
    pairs = []
    for ticket in queue:
        if explains(ticket.explainer, room, ticket.passed_by):
            assert ticket.explainer is not None
            room[ticket.explainer] -= 1
            pairs.append((ticket.number, ticket.explainer))
            continue
        heap = heaps.get(ticket.category)
        if heap is None:
            heap = [
                (-lawyer.room, lawyer.idle_since, lawyer.staff_no)
                for lawyer in lawyers
                if lawyer.can(ticket.category)
            ]
            heapq.heapify(heap)
            heaps[ticket.category] = heap
        chosen = _pop(heap, room, ticket, now)
        if chosen is not None:
            room[chosen] -= 1
            pairs.append((ticket.number, chosen))
    return pairs


@policy("what was not understood is explained by whoever answered, if that lawyer is there")
def explains(explainer: str | None, room: Mapping[str, int], passed_by: Sequence[str] = ()) -> bool:
    """Whether the author of the earlier answer is asked before anybody else: once, while on duty with room."""
    return explainer is not None and room.get(explainer, 0) > 0 and explainer not in passed_by


@policy("what was not understood is explained by whoever answered, if that lawyer is there")
def asks_author(asked: Question) -> bool:
    """Whether a question is offered to the author of the earlier answer as it is opened: a written one, which
    lies in the pool; with a live one the router begins there."""
    return asked.because == "not_understood" and asked.kind == "message"


@policy("what was not understood is explained by whoever answered, if that lawyer is there")
def explainer(asked: Question, author: str | None, room: Mapping[str, int]) -> str | None:
    """Whom the question is offered to as it is opened. `author`: who answered last in the earlier ticket;
    `room`: of those on duty."""
    return author if asks_author(asked) and explains(author, room) else None


def able(category: str, lawyers: Iterable[OnDuty]) -> tuple[str, ...]:
    """Who can take a ticket of this category now."""
    return tuple(it.staff_no for it in lawyers if it.room > 0 and it.can(category))


def heads(
    categories: Iterable[str], lawyers: Sequence[OnDuty], spare: int
) -> dict[str, tuple[int, int]]:
    """How much of the queue a round looks at: category -> (pool, most of that category).

    Categories that exactly the same lawyers serve are one pool and share its room; `spare` more of each,
    since who is read may be gone by the time of the offer. Categories without room are left out.
    """
    takers = {category: able(category, lawyers) for category in categories}
    served = Counter(takers.values())
    numbers = {pool: number for number, pool in enumerate(served)}
    room = {lawyer.staff_no: lawyer.room for lawyer in lawyers}
    return {
        category: (numbers[pool], spare + -(-sum(room[it] for it in pool) // served[pool]))
        for category, pool in takers.items()
        if pool
    }


def in_order(queue: Iterable[Waiting], heads: Mapping[str, tuple[int, int]]) -> list[Waiting]:
    """The part of a queue read by `heads` whose order is certain: behind the last one read of a category
    may stand others of it, so there the pool ends for this round. At least one category's `most`, or all.
    """
    read: Counter[str] = Counter()
    ended: set[int] = set()
    certain = []
    for ticket in queue:
        pool, most = heads[ticket.category]
        if pool in ended:
            continue
        certain.append(ticket)
        read[ticket.category] += 1
        if read[ticket.category] >= most:
            ended.add(pool)
    return certain


def _pop(
    heap: list[tuple[int, datetime, str]], room: dict[str, int], ticket: Waiting, now: datetime
) -> str | None:
    """The best lawyer on `heap` for `ticket`; entries whose room has changed are put right on the way."""
    aside = []
    chosen = None
    while heap:
        spare, idle_since, staff_no = heap[0]
        if room[staff_no] <= 0:
            heapq.heappop(heap)
        elif -spare != room[staff_no]:
            heapq.heapreplace(heap, (-room[staff_no], idle_since, staff_no))
        elif staff_no in ticket.passed_by:
            aside.append(heapq.heappop(heap))
        else:
            chosen = staff_no
            break
    if chosen is None and aside and (ticket.retry_at is None or ticket.retry_at <= now):
        order = {staff_no: place for place, staff_no in enumerate(ticket.passed_by)}
        chosen = min((entry[2] for entry in aside), key=lambda staff_no: order[staff_no])
    for entry in aside:
        heapq.heappush(heap, entry)
    return chosen


@policy("a live ticket is offered to one lawyer at a time")
def offer(
    ticket: Ticket, now: datetime, system: System, staff_no: str, timeout: timedelta
) -> list[Event]:
    """An offer, unless the ticket has meanwhile gone another way."""
    offered = ticket.kind == "live" or ticket.lapsed_at is not None
    if ticket.state != "queued" or not offered or ticket.offered_to is not None:
        return []
    return [Offered(staff_no, now + timeout)]


@dataclass(frozen=True)
class Place:
    """What a waiting citizen is told; waits in seconds, None when nobody suitable is on duty."""

    position: int
    on_duty: int
    low: int | None
    high: int | None


def pools(categories: Iterable[str], lawyers: Sequence[OnDuty]) -> dict[str, frozenset[str]]:
    """For each category, all categories that compete with it for the same lawyers."""
    group = {category: {category} for category in categories}
    for lawyer in lawyers:
        served = [category for category in group if lawyer.can(category)]
        merged = set().union(*(group[category] for category in served))
        for category in merged:
            group[category] = merged
    return {category: frozenset(members) for category, members in group.items()}


@policy("the wait is a range from recent service times over the lawyers really on duty")
def forecast(position: int, seats: int, on_duty: int, free: int, service: tuple[int, int]) -> Place:
    """`seats`: talks that the pool's lawyers can hold at once; `free`: those open now;
    `service`: lower and upper quartile of recent talks in seconds."""
    if on_duty == 0:
        return Place(position, 0, None, None)
    ahead = max(0, position - free)
    rounds = -(-ahead // max(1, seats))
    low = max(0, rounds - 1) * service[0]
    return Place(position, on_duty, low, rounds * service[1] + 60)
