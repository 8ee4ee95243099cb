"""What a line of a file for `chatserver import` holds: one struct for each kind, told in the OpenAPI document."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated

from msgspec import Meta, Struct


class CalendarDay(Struct, forbid_unknown_fields=True):
    """A line of `chatserver import calendar FILE.jsonl` (24): a day that the State Council's notice makes a
    holiday or a working day. Days of which no line speaks are as their weekday says."""

    id: Annotated[date, Meta(description="the day, upserted by it")]
    works: Annotated[bool, Meta(description="true: people work that day, a make-up day")]
    name: Annotated[
        Annotated[str, Meta(max_length=100)] | None, Meta(description="the holiday's")
    ] = None


LINES: Mapping[str, type[Struct]] = {"calendar": CalendarDay}
EXAMPLES: Mapping[str, str] = {
    "calendar": '{"id": "2026-10-01", "works": false, "name": "国庆节"}',
}
