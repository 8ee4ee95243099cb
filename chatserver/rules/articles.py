"""The regulation's 37 articles, and the marks by which a rule says which of them it carries.

A rule is a plain function `rule(ticket, now, actor, ...) -> list[Event]`; it raises `Refused` and does nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

Rule = TypeVar("Rule", bound=Callable[..., Any])

#: HTTP status of each error code (contract, section 5).
STATUS: Mapping[str, int] = {
    "invalid": 400,
    "unknown_event": 400,
    "unauthenticated": 401,
    "forbidden": 403,
    "agreement_required": 403,
    "identity_required": 403,
    "blocked": 403,
    "not_found": 404,
    "conflict": 409,
    "id_reused": 409,
    "too_large": 413,
    "unsupported_type": 415,
    "in_litigation": 422,
    "repeated": 422,
    "rate_limited": 429,
    "unavailable": 503,
}

#: What each code says when nothing more exact is known.
MESSAGES: Mapping[str, str] = {
    "invalid": "提交的内容格式不正确，请检查后重试。",
    "unknown_event": "没有这个操作。",
    "unauthenticated": "请先登录。",
    "forbidden": "您的账号不能进行此操作。",
    "agreement_required": "请先阅读并同意服务协议，再提出咨询。",
    "identity_required": "请先完成身份核验，再提出咨询。",
    "blocked": "您的账号暂时不能提出咨询。",
    "not_found": "没有找到。",
    "conflict": "当前状态下不能进行此操作。",
    "id_reused": "这个编号已用于另一条内容。",
    "too_large": "内容过长。",
    "unsupported_type": "不支持这种文件。",
    "in_litigation": "正在诉讼、仲裁或办理中的案件，网上不予解答。",
    "repeated": "您已就同一问题得到答复。",
    "rate_limited": "操作过于频繁，请稍后再试。",
    "unavailable": "服务暂时不可用，内容没有保存，请稍后重试。",
}


class Refused(Exception):
    """All that rules, store and handlers refuse with: an error object of the contract, section 5.

    `message` is a Chinese msgid, fit to show a person and free of personal data; `details` is JSON.
    `events` happen all the same: a try that is part of the record (32), though what was tried is not done.
    """

    def __init__(
        self,
        code: str,
        message: str | None = None,
        *,
        article: int | None = None,
        details: Any = None,
        events: Sequence[Any] = (),
    ) -> None:
        self.code = code
        self.message = message or MESSAGES[code]
        self.article = article
        self.details = details
        self.events = events
        super().__init__(code)


class WrongState(Refused):
    """The ticket's state does not permit it; nothing changed."""

    def __init__(self, state: str, message: str | None = None) -> None:
        super().__init__("conflict", message, details={"state": state})


#: article -> names of the rules that carry it, and policy -> names of the rules that are ours, not the law's.
CARRIED: dict[int, list[str]] = {}
POLICIES: dict[str, list[str]] = {}


def _name(rule: Callable[..., Any]) -> str:
    return f"{rule.__module__.removeprefix('chatserver.')}.{rule.__qualname__}"


def article(*numbers: int) -> Callable[[Rule], Rule]:
    """Marks a rule as demanded by these articles of the regulation."""

    def mark(rule: Rule) -> Rule:
        for number in numbers:
            CARRIED.setdefault(number, []).append(_name(rule))
        return rule

    return mark


def policy(title: str) -> Callable[[Rule], Rule]:
    """Marks a rule as the house's own, so that an officer can tell it from the law."""

    def mark(rule: Rule) -> Rule:
        POLICIES.setdefault(title, []).append(_name(rule))
        return rule

    return mark
