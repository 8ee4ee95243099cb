"""What the HTTP API takes and gives about the panel's rota."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from .api import Time
from .api_staff import StaffNo


class Shift(Struct):
    """`now`: whether it is on at this moment."""

    id: int
    staff_no: str
    name: str | None
    starts_at: Time
    ends_at: Time
    now: bool


class Member(Struct):
    """Someone of the panel; no skills means every field."""

    staff_no: str
    name: str | None
    institution: str | None
    skills: list[str]


class Rota(Struct):
    """Present and coming shifts. Without one on at the moment every expert who is connected counts."""

    items: list[Shift]
    panel: list[Member]


class NewShift(Struct, forbid_unknown_fields=True):
    staff_no: StaffNo
    starts_at: datetime
    ends_at: datetime
