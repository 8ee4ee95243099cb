"""Every error is told one way: RFC 9457 problem details to programs, a plain page to people."""

from __future__ import annotations

import logging
import time
from collections import Counter
from typing import Any

import msgspec
from aiohttp import web

from chatserver.i18n import localised, translate
from chatserver.rules.articles import MESSAGES, STATUS, Refused

from .intake import Turned
from .language import tag

log = logging.getLogger("chatserver.pages")
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

#: A short name for each code, for `title`; `detail` says more.
TITLES = {
    "invalid": "内容格式不正确",
    "unknown_event": "没有这个操作",
    "unauthenticated": "需要登录",
    "forbidden": "没有权限",
    "agreement_required": "需要先同意服务协议",
    "identity_required": "需要先核验身份",
    "blocked": "暂时不能咨询",
    "not_found": "没有找到",
    "conflict": "当前不能这样做",
    "id_reused": "编号重复",
    "in_litigation": "正在办理的案件",
    "repeated": "已经答复过",
    "too_large": "内容过大",
    "unsupported_type": "类型不支持",
    "rate_limited": "操作过于频繁",
    "unavailable": "服务暂时不可用",
}


class Problem(msgspec.Struct, omit_defaults=True):
    """RFC 9457, with the `code`, `article` and `details` of the contract's error object."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    article: int | None = None
    details: Any = None


def status_of(refused: Refused) -> int:
    return refused.status if isinstance(refused, Turned) else STATUS[refused.code]


def problem(refused: Refused, lang: str) -> Problem:
    """The problem document of `refused`. Equal refusals give equal bytes, whoever asks."""
    return Problem(
        type=f"/api/docs#error-{refused.code}",
        title=translate(lang, TITLES[refused.code]),
        status=status_of(refused),
        detail=translate(lang, refused.message),
        code=refused.code,
        article=refused.article,
        details=localised(lang, refused.details),
    )


def headers_of(refused: Refused) -> dict[str, str]:
    """The headers that HTTP wants beside a status: whom to ask, when to come back."""
    headers = dict(refused.headers) if isinstance(refused, Turned) else {}
    if refused.code == "unauthenticated":
        headers["WWW-Authenticate"] = "Bearer"
    elif refused.code == "unavailable":
        headers["Retry-After"] = "2"
    elif refused.code == "rate_limited" and isinstance(refused.details, dict):
        headers["Retry-After"] = str(refused.details.get("retry_after_s", 1))
    return headers


def as_json(refused: Refused, lang: str) -> web.Response:
    return web.Response(
        body=msgspec.json.encode(problem(refused, lang)),
        status=status_of(refused),
        headers={"Content-Language": tag(lang), **headers_of(refused)},
        content_type="application/problem+json",
    )


def from_http(error: web.HTTPException) -> Refused:
    """What aiohttp itself refuses: unknown paths, wrong methods, bad requests."""
    if error.status == 404:
        return Refused("not_found")
    if error.status == 405:
        allow = error.headers.get("Allow", "")
        return Turned("unknown_event", 405, headers={"Allow": allow}, close=False)
    if error.status == 413:
        return Turned("too_large", 413)
    return Turned("invalid", error.status if 400 <= error.status < 500 else 400)


def from_fault(fault: Exception, request_id: str) -> Refused:
    """A fault of ours: one line that names the place and never what a person wrote."""
    if _database_away(fault):
        return Refused("unavailable")
    place = fault.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place else "?"
    _lines.write(
        logging.ERROR, "request %s failed: %s at %s", request_id, type(fault).__name__, where
    )
    return Turned("unavailable", 500, "服务出现故障，请稍后重试。", close=False)


def note(request_id: str, method: str, route: str, refused: Refused) -> None:
    """One line for input that no honest page sends; names the route and never what was in it."""
    if refused.code in ("invalid", "too_large", "unsupported_type", "unavailable"):
        verb = method if method in METHODS else "?"
        _lines.write(
            logging.INFO, "request %s refused: %s %s %s", request_id, verb, route, refused.code
        )


def _database_away(fault: Exception) -> bool:
    return isinstance(fault, ConnectionError | TimeoutError) or (
        isinstance(fault, OSError) and not isinstance(fault, FileNotFoundError | PermissionError)
    )


class _Lines:
    """A log that a flood of bad requests cannot fill: at most ten lines of a kind each second."""

    def __init__(self) -> None:
        self._second = 0
        self._written: Counter[str] = Counter()

    def write(self, level: int, text: str, *values: object) -> None:
        second = int(time.monotonic())
        if second != self._second:
            self._second = second
            self._written.clear()
        self._written[text] += 1
        if self._written[text] <= 10:
            log.log(level, text, *values)


_lines = _Lines()
assert TITLES.keys() == MESSAGES.keys()
