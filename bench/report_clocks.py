"""The figures of offers, clocks, kills and starts as sentences; a run each, on one machine."""

from __future__ import annotations

from typing import Any


def routing(found: dict[str, Any]) -> str:
    """What an offer costs."""
    cost = {int(waiting): us for waiting, us in found["per_offer_us"].items()}
    few, many = min(cost), max(cost)
    return "\n\n".join(
        (
            "## Offers",
            f"With {many:,} tickets waiting an offer costs {cost[many]:.0f} µs, with {few:,} it costs "
            f"{cost[few]:.0f} µs: {cost[many] / cost[few]:.2f} ×. What writes the offer is left out.",
        )
    )


def deadlines(found: dict[str, Any]) -> str:
    """How late promises are told."""
    return "\n\n".join(
        (
            "## Deadlines",
            f"{found['deadlines']:,} fall due within 30 s on three server processes, of which one after "
            f"the other is killed, {found['kills']} times: never told {found['never']}, twice "
            f"{found['twice']}, early {found['early']}; half within {found['p50']:.2f} s, 99 in 100 within "
            f"{found['p99']:.2f} s, the last after {found['worst']:.2f} s.",
        )
    )


def races(found: dict[str, Any]) -> str:
    """Answers against lapses."""
    return (
        f"{found['races']:,} answers raced the lapse of their own clocks over two roads: kept "
        f"{found['kept']:,}, late {found['late']:,}, both {found['both']}, neither {found['neither']}."
    )


def pending(found: dict[str, Any]) -> str:
    """A million against a thousand."""
    (_, low), (many, high) = sorted((int(n), one["server"]) for n, one in found["idle"].items())
    first, last = found["save_ratio_95"]
    return (
        f"With {many:,} deadlines to come an idle server uses {high:.2f} % of a core (with 1,000 "
        f"{low:.2f} %), and saving a ticket costs {found['save_ratio']:.2f} × what it costs with 1,000 "
        f"({first:.2f} to {last:.2f} in 95 of 100 draws of the rounds; in CPU "
        f"{found['save_cpu_ratio']:.2f} ×)."
    )


def day(found: dict[str, Any]) -> str:
    """A day in the life."""
    clocks = "; ".join(
        f"{clock.replace('_', ' ')}: "
        + ", ".join(f"{how} {count:,}" for how, count in ends.items())
        for clock, ends in found["promises"].items()
    )
    late = found["lapse_late_s"]
    return "\n\n".join(
        (
            "## A day in the life",
            f"{found['asked']:,} real questions, live and written, with too few lawyers, at {found['speed']:g} "
            f"times the speed of the clock: {found['answered']:,} answered. How each statutory clock ended: "
            f"{clocks}. Neither kept nor passed on: {found['between']}. {found['lapses']:,} lapses, 99 in 100 "
            f"told {late['p99']:.3f} s after their time, the last {late['worst']:.3f} s.",
        )
    )


def kills(found: dict[str, Any]) -> str:
    """What was lost to kills: nothing, or there would be no figure."""
    return "\n\n".join(
        (
            "## Kills",
            f"`kill -9` of the server {found['kills']:.0f} times under load from 50 retrying citizens and 5 "
            f"lawyers, {found['messages']:,.0f} messages, {found['cut_off']:,.0f} calls cut off: 0 acknowledged "
            f"messages lost, 0 stored twice, 0 gaps; the load was back {found['back']:.1f} s after a kill at the "
            "latest.",
        )
    )


def starts(found: dict[str, Any]) -> str:
    """Two commands to the first page."""
    warm = sorted(found["warm_s"])
    return "\n\n".join(
        (
            "## Starts",
            f"`./run` in a fresh clone and an empty home is ready after {found['cold_s']:.0f} s, packages "
            f"fetched; each further time after {warm[len(warm) // 2]:.1f} s (at most {warm[-1]:.1f}).",
        )
    )
