"""Pages are rendered on the server and work without the built assets."""

from __future__ import annotations

import hashlib
from calendar import month_name
from datetime import datetime, timedelta
from functools import cache, lru_cache
from typing import Any

import msgspec
from aiohttp import web
from jinja2 import Environment, FileSystemLoader, pass_context
from jinja2.runtime import Context

from chatserver import resources
from chatserver.clock import BEIJING
from chatserver.i18n import translate
from chatserver.rules import spans
from chatserver.rules.articles import Refused
from chatserver.rules.policy import Policy
from chatserver.store.sessions import Session

from . import problem, sentences
from .access import Call
from .language import tag


@cache
def environment() -> Environment:
    """One environment; every value is escaped, texts go through the catalogue of the page's `lang`."""
    made = Environment(
        loader=FileSystemLoader(resources.WEB / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["_"] = _translated
    made.globals["asset"] = asset
    made.globals["span"] = span
    made.globals["left"] = left
    made.globals["called_back"] = _called_back
    made.globals["until"] = _until
    made.globals["said_by_us"] = _said
    made.globals["local"] = _local
    return made


@pass_context
def _translated(context: Context, msgid: str, **values: object) -> str:
    return translate(context["lang"], msgid, **values)


@pass_context
def span(context: Context, length: timedelta) -> str:
    """A length of time in words: "1 小时", "90 minutes"."""
    return spelled(context["lang"], length)


@pass_context
def left(context: Context, seconds: int) -> str:
    """How long is still left, said no more exactly than anybody needs, and never as more than it is."""
    unit = 60 if seconds < 7200 else 3600
    return spelled(context["lang"], timedelta(seconds=max(60, seconds // unit * unit)))


def spelled(lang: str, length: timedelta) -> str:
    """A length of time in `lang`."""
    msgid, n = spans.spelled(int(length.total_seconds()))
    return translate(lang, msgid, n=n)


def limit(lang: str, within: timedelta | None, figures: Policy) -> str:
    """A limit in words; none is that of a call-back (24): "3 个工作日"."""
    if within is None:
        return translate(lang, "{n} 个工作日", n=figures.callback_working_days)
    return spelled(lang, within)


@pass_context
def _called_back(context: Context, figures: Policy) -> str:
    """How soon somebody who was not satisfied is called back: in working days, or a plain span in drills."""
    return limit(context["lang"], figures.callback_within, figures)


def until(lang: str, stamp: str) -> str:
    """A time by which, of ours: a day's very end is that day's 24:00."""
    at = datetime.fromisoformat(stamp).astimezone(BEIJING)
    if (at.hour, at.minute) != (0, 0):
        return local(lang, stamp)
    eve = (at - timedelta(days=1)).isoformat()
    return local(lang, eve).replace("00:00", "24:00")


@pass_context
def _said(context: Context, body: str) -> str:
    return sentences.said(context["lang"], body)


@pass_context
def _until(context: Context, stamp: str) -> str:
    return until(context["lang"], stamp)


def local(lang: str, stamp: str) -> str:
    """A time of ours in Beijing: "11月23日 10:00", "23 November 10:00"."""
    at = datetime.fromisoformat(stamp).astimezone(BEIJING)
    if lang == "en":
        return f"{at.day} {month_name[at.month]} {at:%H:%M}"
    return f"{at.month}月{at.day}日 {at:%H:%M}"


@pass_context
def _local(context: Context, stamp: str) -> str:
    return local(context["lang"], stamp)


def asset(name: str) -> str:
    """The address of a built file, or of a plain one with its hash; "" when there is none."""
    built = _manifest(_built_at()).get(name)
    if built:
        return f"/static/dist/{built}"
    path = resources.WEB / "static" / name
    if not path.is_file():
        return ""
    return f"/static/{name}?v={digest(str(path), path.stat().st_mtime_ns)}"


@lru_cache(maxsize=512)
def digest(path: str, changed: int) -> str:
    """Ten characters that change with the file; `changed` is its modification time."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:10]


def _built_at() -> int:
    path = resources.WEB / "dist" / "manifest.json"
    return path.stat().st_mtime_ns if path.is_file() else 0


@lru_cache(maxsize=4)
def _manifest(changed: int) -> dict[str, str]:
    if not changed:
        return {}
    path = resources.WEB / "dist" / "manifest.json"
    return msgspec.json.decode(path.read_bytes(), type=dict[str, str])


def render(
    template: str,
    *,
    lang: str,
    path: str,
    session: Session | None = None,
    frame: bool = False,
    status: int = 200,
    headers: dict[str, str] | None = None,
    **values: Any,
) -> web.Response:
    """A page. `session` gives it `account` and `csrf`; a framed page knows of neither."""
    known = None if frame else session
    text = (
        environment()
        .get_template(template)
        .render(
            lang=lang,
            path=path,
            frame=frame,
            account=known.account if known else None,
            csrf=known.csrf if known else "",
            **values,
        )
    )
    return web.Response(
        text=text,
        status=status,
        content_type="text/html",
        headers={"Content-Language": tag(lang), **(headers or {})},
    )


def page(
    call: Call, template: str, path: str, refused: Refused | None = None, **values: Any
) -> web.Response:
    """`render` for an admitted call; a page that was `refused` has its status, headers and `problem`."""
    if refused is not None:
        values |= {
            "status": problem.status_of(refused),
            "headers": problem.headers_of(refused),
            "problem": problem.problem(refused, call.language),
        }
    return render(template, lang=call.language, path=path, session=call.session, **values)
