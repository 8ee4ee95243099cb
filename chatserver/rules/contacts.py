"""Private contacts in what staff write: offline engagement goes through the platform (22)."""

from __future__ import annotations

import re

from .articles import Refused, article

_PRIVATE = (
    r"(?<!\d)1[3-9]\d[-\s]?\d{4}[-\s]?\d{4}(?!\d)"
    r"|[\w.+-]{1,64}@[\w-]{1,63}\.[a-z]{2,}"
    r"|(?i:微信|vx|wechat|加v|qq)\s*(?:号)?\s*[:：]?\s*[\w-]{5,20}"
)
#: Land lines are warned about and not refused: a lawyer may well name a court's.
_LAND = r"(?<!\d)0\d{2,3}[-\s]\d{7,8}(?!\d)"
_CONTACT = re.compile(f"{_PRIVATE}|{_LAND}", re.ASCII)
_REFUSED = re.compile(_PRIVATE, re.ASCII)


@article(22)
def contacts(text: str) -> list[str]:
    """Telephone, WeChat, QQ and e-mail in a text of staff; public hot lines are none."""
    return [found.group() for found in _CONTACT.finditer(text)]


@article(22)
def without_contacts(body: str) -> str:
    """告知其通过北京法网获取相关信息: `body` itself, unless it gives a private contact to a citizen."""
    if _REFUSED.search(body):
        raise Refused(
            "invalid",
            "请不要向用户提供私人联系方式；线下委托请使用官方提示。",
            article=22,
            details=[{"path": "$.body", "problem": "a private contact"}],
        )
    return body
