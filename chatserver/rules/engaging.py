"""Engaging a lawyer beyond the platform goes through it, and it is the citizen who speaks of it first (22)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from . import notices
from .articles import WrongState, article
from .events import Event
from .events_talk import EngagementDirected
from .people import Lawyer
from .policy import Policy
from .ticket import Ticket

_ENGAGES = re.compile(
    r"委托|聘请|律师费|代理费|代理(?:我|合同|协议)|(?:请|找|雇)[^，。？！\s]{0,4}律师|线下|当面|面谈|见面"
    r"|(?i:\b(?:hire|engage|retain|represent me|in person|offline|your fee)\b)"
)


@article(22)
def asked_first(lines: Iterable[tuple[int, str]]) -> int:
    """用户主动提出: the `seq` of the citizen's first line that speaks of an engagement; 0 if none does."""
    return next((seq for seq, body in lines if _ENGAGES.search(body)), 0)


@article(22)
def offline(
    ticket: Ticket,
    now: datetime,
    lawyer: Lawyer,
    asked_seq: int = 0,
    directory: str = Policy.directory,
) -> list[Event]:
    """用户主动提出在线下签订法律服务委托协议的，应当告知其通过北京法网获取相关信息。

    `directory` is where that information is, for clients that draw no link of their own. The card is
    never refused for want of such a line, which may have been said in other words; whether there is one
    stays on record.
    """
    if ticket.state not in ("active", "scheduled", "answered"):
        raise WrongState(ticket.state)
    id = f"offline_engagement-{ticket.entry + 1}"
    body = f"{notices.OFFLINE}\n{notices.DIRECTORY.format(url=directory)}"
    return [EngagementDirected("system", body, id, asked_seq=asked_seq)]
