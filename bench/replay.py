"""Real questions, asked and answered through real sockets over a running server.

Citizens arrive over a few busy hours of a timetable that runs faster than the clock, lawyers take
offers, ask back, type and close; at the end stands what a supervisor would ask: waits, offers missed,
answer times, deadlines met.

    python -m bench.replay FILE                                starts a demo of its own
    python -m bench.replay FILE --url http://127.0.0.1:8080    over a server that runs already

FILE is JSON Lines with `question`, `answers`, `answer_origin` and `category`. Accounts are made in the
server's database (DATABASE_URL, or the embedded one of --data); with --accounts, the JSON that
`chatserver demo --json` prints, those are used instead.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import secrets
import sys
import time
from pathlib import Path

import uvloop

from .client import Lost, Refused
from .connections import raise_file_limit
from .questions import Question, read
from .replay_citizens import Citizen, Timetable, Visit
from .replay_lawyers import Lawyer
from .replay_place import Place, invite, known, own_demo
from .replay_report import Progress, report


async def replay(
    place: Place, questions: list[Question], hours: float, at_once: int, timetable: Timetable
) -> tuple[list[Visit], list[Lawyer]]:
    """All questions asked and answered."""
    answers = {question.text: question.answer for question in questions}
    lawyers = []
    for token in place.lawyers:
        lawyer = Lawyer(await place.link("/lawyer", token), timetable, answers)
        await lawyer.begin()
        lawyers.append(lawyer)
    free: asyncio.Queue[str] = asyncio.Queue()
    for token in place.citizens:
        free.put_nowait(token)
    door = asyncio.Semaphore(at_once)
    visits = [Visit(question) for question in questions]
    patience = 4 * 3600 / timetable.speed + 120
    mark = secrets.token_hex(4)

    async def visit(place_in_line: int, one: Visit) -> None:
        async with door:
            token = await free.get()
            try:
                link = await place.link("/citizen", token)
                try:
                    await Citizen(link, timetable, one, patience).ask(f"{mark}-{place_in_line}")
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
        await asyncio.gather(*guests)
        watch.cancel()
    for lawyer in lawyers:
        lawyer.link.abort()
    return visits, lawyers


async def run(given: argparse.Namespace) -> bool:
    """Everything; True if every question was answered."""
    questions = read(given.file, given.questions, given.seed)
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
            place = await invite(url, data, len(questions), given.lawyers)
            at_once = given.at_once or len(questions)
            visits, lawyers = await replay(place, questions, given.hours, at_once, timetable)
    took = time.monotonic() - start
    return report(visits, lawyers, timetable.speed, given.hours, took, as_json=given.json)


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
    parser.add_argument("--questions", type=int, default=500)
    parser.add_argument("--lawyers", type=int, default=18)
    parser.add_argument("--hours", type=float, default=3, help="over how long citizens arrive")
    parser.add_argument("--speed", type=float, default=60, help="60: an hour passes in a minute")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--url", help="a server that runs already")
    parser.add_argument("--data", type=Path, help="its data folder (default: the usual one)")
    parser.add_argument("--accounts", type=_text, metavar="FILE", help="use these accounts")
    parser.add_argument("--at-once", type=int, help="most citizens connected at the same time")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        sys.exit(0 if runner.run(run(given)) else 1)


if __name__ == "__main__":
    main()
