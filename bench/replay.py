"""Real questions, asked and answered through real sockets over a running server.

Citizens arrive over a few busy hours of a timetable that runs faster than the clock, lawyers take
offers, ask back, type and close; at the end stands what a supervisor would ask: waits, offers missed,
answer times, deadlines met.

    python -m bench.replay FILE                                starts a demo of its own
    python -m bench.replay FILE --day                          a day in the life, too few lawyers
    python -m bench.replay FILE --url http://127.0.0.1:8080    over a server that runs already

FILE is JSON Lines with `question`, `answers`, `answer_origin` and `category`. Accounts are made in the
server's database (DATABASE_URL, or the embedded one of --data); with --accounts, the JSON that
`chatserver demo --json` prints, those are used instead.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import secrets
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import uvloop

from chatserver.cli.reach import opened
from chatserver.config import Config

from .client import Lost, Refused
from .connections import raise_file_limit
from .questions import Question, read
from .replay_audit import audit
from .replay_citizens import Citizen, Timetable, Visit
from .replay_day_citizens import DayCitizen
from .replay_day_lawyers import DayLawyer
from .replay_experts import DayExpert, leave
from .replay_lawyers import Lawyer
from .replay_place import Place, invite, known, own_demo
from .replay_report import Progress, report, report_day

PLAIN = {"questions": 500, "lawyers": 18, "experts": 0, "hours": 3, "speed": 60}
DAY = {"questions": 2_000, "lawyers": 4, "experts": 3, "hours": 12, "speed": 120}
#: The share of written questions in a day, and the hours after its last one.
WRITTEN = 0.4
AFTER = 6


async def replay(
    place: Place,
    questions: list[Question],
    hours: float,
    at_once: int,
    timetable: Timetable,
    day: bool = False,
) -> tuple[list[Visit], list[Lawyer]]:
    """All questions asked, and answered; of a day only what its people come to."""
    answers = {question.text: question.answer for question in questions if question.answer}
    lawyers: list[Lawyer] = []
    for namespace, tokens, person in (
        ("/lawyer", place.lawyers, DayLawyer if day else Lawyer),
        ("/expert", place.experts, DayExpert),
    ):
        for token in tokens:
            lawyers.append(person(await place.link(namespace, token), timetable, answers))
            await lawyers[-1].begin()
    free: asyncio.Queue[str] = asyncio.Queue()
    for token in place.citizens:
        free.put_nowait(token)
    door = asyncio.Semaphore(at_once)
    visits = [Visit(question) for question in questions]
    patience = 4 * 3600 / timetable.speed + 120
    citizen = DayCitizen if day else Citizen
    if day:
        patience = 24 * 3600 / timetable.speed
        for one in visits:
            one.kind = "message" if timetable.happens(WRITTEN) else "live"
    mark = secrets.token_hex(4)

    async def visit(place_in_line: int, one: Visit) -> None:
        async with door:
            token = await free.get()
            try:
                link = await place.link("/citizen", token)
                try:
                    await citizen(link, timetable, one, patience).ask(f"{mark}-{place_in_line}")
                finally:
                    link.abort()
            except (RuntimeError, Refused, Lost, TimeoutError, OSError) as error:
                one.failure = f"{type(error).__name__} {error}"
            finally:
                free.put_nowait(token)

    arrivals = sorted(timetable.chance.uniform(0, hours * 3600) for _ in visits)
    start = time.monotonic()
    async with asyncio.TaskGroup() as running:
        watch = asyncio.create_task(Progress(visits).show())
        guests = []
        for n, (moment, one) in enumerate(zip(arrivals, visits, strict=True)):
            await asyncio.sleep(start + moment / timetable.speed - time.monotonic())
            guests.append(running.create_task(visit(n, one)))
        # A day has an end, when the last promise is kept or over; other replays wait for everybody.
        await asyncio.wait(guests, timeout=AFTER * 3600 / timetable.speed if day else None)
        for guest in guests:
            guest.cancel()
        watch.cancel()
    await leave(lawyers)
    return visits, lawyers


async def run(given: argparse.Namespace) -> bool:
    """Everything; True if every question was answered."""
    questions = read(given.file, given.questions, given.seed, all_of=given.day)
    timetable = Timetable(given.speed, random.Random(given.seed))
    raise_file_limit(len(questions) + 200)
    start = time.monotonic()
    if given.url:
        at_once = given.at_once or max(1, 55 - given.lawyers)
        if given.accounts:
            place = await known(given.url, json.loads(given.accounts)["accounts"])
        else:
            place = await invite(given.url, given.data, len(questions), given.lawyers)
        visits, lawyers = await replay(place, questions, given.hours, at_once, timetable)
    else:
        with own_demo(given.speed) as (url, data):
            place = await invite(url, data, len(questions), given.lawyers, given.experts)
            at_once = given.at_once or len(questions)
            visits, lawyers = await replay(
                place, questions, given.hours, at_once, timetable, given.day
            )
            if given.day:
                return await _day(data, visits, lawyers, given)
    took = time.monotonic() - start
    return report(visits, lawyers, timetable.speed, given.hours, took, as_json=given.json)


async def _day(
    data: Path, visits: list[Visit], lawyers: list[Lawyer], given: argparse.Namespace
) -> bool:
    """The report of a day; True if every promise was kept or passed on and nothing failed."""
    async with opened(Config.load(os.environ, {"CHATSERVER_DATA": str(data)})) as database:
        numbers = [visit.number for visit in visits if visit.number]
        promises = await audit(database, numbers, datetime.now(UTC))
    return report_day(
        visits,
        lawyers,
        promises,
        given.speed,
        given.hours,
        as_json=given.json,
        keep=given.keep,
    )


def _text(file: str) -> str:
    return Path(file).read_text("utf-8")


def main() -> None:
    """The command line."""
    summary, _, rest = (__doc__ or "").partition("\n\n")
    parser = argparse.ArgumentParser(
        prog="python -m bench.replay",
        description=summary,
        epilog=rest,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", type=Path)
    parser.add_argument(
        "--day",
        action="store_true",
        help="a day in the life: 2,000 questions, live and written, 4 lawyers, who are too few, and"
        " 3 experts; every promise is followed in the journal (a demo of its own only)",
    )
    parser.add_argument("--questions", type=int, help="default: 500")
    parser.add_argument("--lawyers", type=int, help="default: 18")
    parser.add_argument("--experts", type=int, help="default: none")
    parser.add_argument("--hours", type=float, help="over how long citizens arrive; default: 3")
    parser.add_argument("--speed", type=float, help="60, the default: an hour passes in a minute")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--url", help="a server that runs already")
    parser.add_argument("--data", type=Path, help="its data folder (default: the usual one)")
    parser.add_argument("--accounts", type=_text, metavar="FILE", help="use these accounts")
    parser.add_argument("--at-once", type=int, help="most citizens connected at the same time")
    parser.add_argument("--keep", action="store_true", help="write the day into RESULTS.md")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    if given.day and given.url:
        parser.error("a day needs clocks that run as fast as it does: a demo of its own")
    for name, value in (DAY if given.day else PLAIN).items():
        if getattr(given, name) is None:
            setattr(given, name, value)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        sys.exit(0 if runner.run(run(given)) else 1)


if __name__ == "__main__":
    main()
