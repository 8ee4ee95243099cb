"""The figures of offers and clocks as sentences; a run each, on one machine."""

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
