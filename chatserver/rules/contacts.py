"""Private contacts in what staff write: offline engagement goes through the platform (22)."""

from __future__ import annotations

import re

from .articles import Refused, article
from .events_desks import ContactRefused
from .policy import CONTACT_TRIES
from .ticket import Ticket

_PRIVATE = (
    r"(?<!\d)1[3-9]\d[-\s]?\d{4}[-\s]?\d{4}(?!\d)"
    r"|[\w.+-]{1,64}@[\w-]{1,63}\.[a-z]{2,}"
    r"|(?i:微信|vx|wechat|加v|qq)\s*(?:号)?\s*[:：]?\s*[\w-]{5,20}"
)
#: Land lines are warned about and not refused: a lawyer may well name a court's.
_LAND = r"(?<!\d)0\d{2,3}[-\s]\d{7,8}(?!\d)"
#: Each of them holds so many characters of ASCII, and few lines of Chinese do: counted first, since that
#: is much faster than to look for one.
_FEWEST = 5
_CONTACT = re.compile(f"{_PRIVATE}|{_LAND}", re.ASCII)
_REFUSED = re.compile(_PRIVATE, re.ASCII)


@article(22)
def contacts(text: str) -> list[str]:
    """Telephone, WeChat, QQ and e-mail in a text of staff; public hot lines are none."""
    return [found.group() for found in _CONTACT.finditer(text)]


@article(22)
def without_contacts(ticket: Ticket, staff_no: str, body: str, path: str = "$.body") -> str:
    """告知其通过北京法网获取相关信息: `body` itself, unless it gives a private contact to a citizen.

    Every refused try is recorded, without what was written; the `CONTACT_TRIES`th one of a lawyer in
    a ticket is reported to the institution and to the operator on duty.
    """
    if len(body.encode("ascii", "ignore")) >= _FEWEST and _REFUSED.search(body):
        tries = dict(ticket.contact_tries).get(staff_no, 0) + 1
        raise Refused(
            "invalid",
            "请不要向用户提供私人联系方式；线下委托请使用官方提示。",
            article=22,
            details=[{"path": path, "problem": "a private contact"}],
            events=[ContactRefused(staff_no, tries, tries == CONTACT_TRIES)],
        )
    return body
