"""Ticket numbers and staff numbers (22; contract, section 1). Knowing a number grants nothing."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from .articles import Refused, article

_TICKET = re.compile(r"([A-Z]{1,8})([0-9]{8})-([0-9]{6})-([0-9X])")
STAFF = re.compile(r"[A-Z][0-9]{4,6}")
STAFF_LETTER = {"lawyer": "L", "expert": "E"}
SERIALS_PER_DAY = 999_999


def check_character(digits: str) -> str:
    """ISO 7064 MOD 11,2 over `digits`: catches one wrong digit and two adjacent ones swapped."""
    remainder = 0
    for digit in digits:
        remainder = (remainder + int(digit)) * 2 % 11
    value = (12 - remainder) % 11
    return "X" if value == 10 else str(value)


@article(22)
def ticket_number(prefix: str, day: date, serial: int) -> str:
    """驻场人员按照北京法网提供的统一编号为用户解答法律咨询。`day` is the date in Asia/Shanghai."""
    if not 1 <= serial <= SERIALS_PER_DAY:
        raise Refused("unavailable", "今天的咨询编号已用完，请明天再试。")
    digits = f"{day:%Y%m%d}{serial:06d}"
    return f"{prefix}{digits[:8]}-{digits[8:]}-{check_character(digits)}"


@lru_cache(maxsize=65_536)
def month_of(number: str) -> int:
    """`202611` of `BJ20261123-000042-5`: the partition in which all of a ticket lies.

    Raises `Refused("invalid")` when the number is not one, before any look-up.
    """
    match = _TICKET.fullmatch(number)
    if match and check_character(match[2] + match[3]) == match[4]:
        try:
            date(int(match[2][:4]), int(match[2][4:6]), int(match[2][6:]))
        except ValueError:
            match = None
        else:
            return int(match[2][:6])
    raise Refused(
        "invalid",
        "咨询编号不正确，请核对。",
        details=[{"path": "$.number", "problem": "not a ticket number"}],
    )
