"""What a supervisor would ask after a day of consultations, and a progress bar during it."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from . import report as results
from .replay_audit import Promises
from .replay_citizens import Visit
from .replay_lawyers import Lawyer
from .talk import quantile

WIDTH = 30


@dataclass
class Progress:
    """One line on a terminal, drawn four times a second; silent elsewhere."""

    visits: Sequence[Visit]
    began: float = field(default_factory=time.monotonic)

    async def show(self) -> None:
        if not sys.stderr.isatty():
            return
        try:
            while True:
                self._draw()
                await asyncio.sleep(0.25)
        finally:
            self._draw()
            print(file=sys.stderr)

    def _draw(self) -> None:
        total = len(self.visits)
        ended = sum(visit.outcome is not None or bool(visit.failure) for visit in self.visits)
        waiting = sum(bool(v.asked) and v.accepted is None and not v.failure for v in self.visits)
        talking = sum(v.accepted is not None and v.outcome is None for v in self.visits)
        bar = ("█" * (WIDTH * ended // total)).ljust(WIDTH, "·")
        seconds = int(time.monotonic() - self.began)
        print(
            f"\r{bar} {ended}/{total} ended, {talking} talking, {waiting} waiting, "
            f"{seconds // 60}:{seconds % 60:02d} ",
            end="",
            file=sys.stderr,
            flush=True,
        )


def summary(visits: Sequence[Visit], lawyers: Sequence[Lawyer], speed: float) -> dict[str, Any]:
    """The figures; spans are seconds of the timetable."""
    waits = [(v.accepted - v.asked) * speed for v in visits if v.accepted]
    answers = [(v.answered - v.asked) * speed for v in visits if v.answered]
    due = [v for v in visits if v.due is not None]
    met = [v for v in due if v.answered is not None and v.due is not None and v.answered <= v.due]
    told = [v for v in visits if v.forecast is not None and v.accepted]
    kept = [v for v in told if v.accepted and v.accepted - v.asked <= (v.forecast or 0)]
    rated = [v for v in visits if v.satisfied is not None]
    return {
        "asked": sum(bool(v.asked) for v in visits),
        "accepted": len(waits),
        "answered": len(answers),
        "wait": _spread(waits),
        "answer": _spread(answers),
        "deadlines": len(due),
        "deadlines_met": len(met),
        "forecasts": len(told),
        "forecasts_kept": len(kept),
        "offers": sum(one.offers for one in lawyers),
        "offers_missed": sum(one.ignored for one in lawyers),
        "offers_declined": sum(one.declined for one in lawyers),
        "pauses": sum(one.pauses for one in lawyers),
        "answers_given": [one.given for one in lawyers],
        "messages": sum(v.messages for v in visits),
        "rated": len(rated),
        "satisfied": sum(bool(v.satisfied) for v in rated),
        "outcomes": Counter(v.outcome or "open" for v in visits),
        "categories": Counter(v.question.category for v in visits),
        "failures": Counter(
            [v.failure for v in visits if v.failure] + [f for one in lawyers for f in one.failures]
        ),
    }


def _spread(values: Sequence[float]) -> dict[str, float]:
    return {
        "median": quantile(values, 0.5),
        "nine_in_ten": quantile(values, 0.9),
        "longest": max(values, default=float("nan")),
    }


def _minutes(seconds: float) -> str:
    if seconds != seconds:
        return "–"
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def _span(spread: dict[str, float]) -> str:
    return (
        f"half within {_minutes(spread['median'])}, nine in ten within "
        f"{_minutes(spread['nine_in_ten'])}, the longest {_minutes(spread['longest'])}"
    )


def _of(part: int, whole: int) -> str:
    return f"{part} of {whole}" + (f" ({part / whole:.1%})" if whole else "")


def report(
    visits: Sequence[Visit],
    lawyers: Sequence[Lawyer],
    speed: float,
    hours: float,
    took: float,
    *,
    as_json: bool,
) -> bool:
    """Prints the figures; True if every question was answered and nothing failed."""
    found = summary(visits, lawyers, speed)
    good = found["answered"] == found["asked"] == len(visits) and not found["failures"]
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
        return good
    given = sorted(found["answers_given"])
    lines = {
        "questions": f"{found['asked']} in {hours:g} h, {len(lawyers)} lawyers on duty",
        "accepted": _of(found["accepted"], found["asked"]),
        "answered": _of(found["answered"], found["asked"]),
        "wait for a lawyer": _span(found["wait"]),
        "wait for the answer": _span(found["answer"]),
        "deadlines met (23)": _of(found["deadlines_met"], found["deadlines"]),
        "waits as forecast": _of(found["forecasts_kept"], found["forecasts"]),
        "offers": f"{found['offers']}, {found['offers_missed']} missed, "
        f"{found['offers_declined']} declined, {found['pauses']} lawyers paused for it",
        "answers per lawyer": f"{given[0]} to {given[-1]}",
        "messages": str(found["messages"]),
        "satisfied (24)": _of(found["satisfied"], found["rated"]),
        "ended": ", ".join(f"{name} {count}" for name, count in found["outcomes"].most_common()),
        "categories": ", ".join(
            f"{name} {count}" for name, count in found["categories"].most_common()
        ),
    }
    print(f"Minutes and seconds of the timetable, which ran {speed:g} times as fast as the clock.")
    for name, value in lines.items():
        print(f"  {name:22}{value}")
    for failure, count in found["failures"].most_common(10):
        print(f"  failed {count} times: {failure}")
    print(f"Took {took:.0f} s.")
    return good


def report_day(
    visits: Sequence[Visit],
    lawyers: Sequence[Lawyer],
    promises: Promises,
    speed: float,
    hours: float,
    *,
    as_json: bool,
    keep: bool = False,
) -> bool:
    """Prints every promise of the day; True if each was kept or passed on, and nothing failed.

    With `keep` the figures go into RESULTS.md too.
    """
    found = summary(visits, lawyers, speed) | {"speed": speed}
    late = promises.late
    found |= {
        "promises": promises.ended,
        "between": promises.between,
        "lapses": len(late),
        "lapse_late_s": {"p99": quantile(late, 0.99), "worst": max(late, default=0.0)},
        "escalations": promises.escalations,
        "kinds": Counter(visit.kind for visit in visits),
    }
    good = not promises.between and not found["failures"] and found["asked"] == len(visits)
    good = good and min(late, default=0) >= 0
    if keep:
        results.keep("day", found)
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
        return good
    print(f"A day of {hours:g} h that ran {speed:g} times as fast as the clock.")
    kinds = ", ".join(f"{count} {kind}" for kind, count in found["kinds"].items())
    print(f"  {'questions':22}{found['asked']} ({kinds}), {len(lawyers)} lawyers and experts")
    print(f"  {'answered':22}{_of(found['answered'], found['asked'])}")
    print(f"  {'wait for the answer':22}{_span(found['answer'])}")
    for clock, ends in promises.ended.items():
        told = ", ".join(f"{how} {count}" for how, count in ends.most_common())
        print(f"  {clock.replace('_', ' '):22}{told}")
    print(f"  {'neither':22}{promises.between}")
    print(
        f"  {'lapses':22}{len(late)}, told {found['lapse_late_s']['p99']:.3f} s after the due time in 99"
        f" of 100, {found['lapse_late_s']['worst']:.3f} s at the latest (by the clock on the wall)"
    )
    settled = promises.escalations
    print(
        f"  {'escalations':22}{settled['opened']} opened, {settled['settled']} settled by experts"
    )
    for failure, count in found["failures"].most_common(10):
        print(f"  failed {count} times: {failure}")
    for wrong in promises.wrong[:10]:
        print(f"  neither kept nor passed on: {wrong}")
    return good
