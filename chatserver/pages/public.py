"""What anyone may see: the home page and the files that pages are made of."""

from __future__ import annotations

import re
from pathlib import Path

from aiohttp import web

from chatserver import resources
from chatserver.rules.articles import Refused
from chatserver.rules.categories import CATEGORIES

from . import templates
from .access import Call

YEAR = "public, max-age=31536000, immutable"
SHORT = "public, max-age=300"
#: What is served, by how the name ends; anything else is not there.
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webp": "image/webp",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".mp3": "audio/mpeg",
    ".ogg": "audio/ogg",
    ".wav": "audio/wav",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
}
_HASHED = re.compile(r"-[0-9A-Za-z]{8,}\.(js|css)")
PRIVATE = (
    "/api/",
    "/consult",
    "/lawyer",
    "/expert",
    "/backoffice",
    "/admin",
    "/bureau",
    "/account",
)
ROBOTS = "User-agent: *\n" + "".join(f"Disallow: {path}\n" for path in PRIVATE)


async def home(call: Call) -> web.Response:
    """GET /"""
    return templates.page(
        call,
        "home.html",
        "/",
        categories=CATEGORIES,
        figures=call.house.config,
    )


async def static(call: Call) -> web.StreamResponse:
    """GET /static/…: `dist/` is what was built, the rest stands in the source as it is."""
    name = call.request.match_info["name"]
    built = name.startswith("dist/")
    root = resources.WEB / ("dist" if built else "static")
    path = _inside(root, name.removeprefix("dist/"))
    versioned = call.request.query.get("v")
    if built:
        keep = YEAR if _HASHED.search(path.name) else SHORT
    else:
        same = versioned == templates.digest(str(path), path.stat().st_mtime_ns)
        keep = YEAR if same else SHORT
    return _file(path, keep)


async def widget(call: Call) -> web.StreamResponse:
    """GET /widget.js: the one tag on other people's pages; its name never changes."""
    return _file(_inside(resources.WEB / "dist", "widget.js"), SHORT)


async def worker(call: Call) -> web.StreamResponse:
    """GET /notify.js: shows a push while no page is open. It lies at the top since a worker may serve only
    what lies below it."""
    return _file(_inside(resources.WEB / "dist", "notify.js"), SHORT)


async def favicon(call: Call) -> web.StreamResponse:
    return _file(_inside(resources.WEB / "static", "icon.svg"), "public, max-age=86400")


async def robots(call: Call) -> web.Response:
    return web.Response(text=ROBOTS, headers={"Cache-Control": SHORT})


def _inside(root: Path, name: str) -> Path:
    """The file `name` below `root`: no way up, no hidden file, no kind that is not served."""
    parts = name.split("/")
    if any(part in ("", ".", "..") or part.startswith(".") or "\\" in part for part in parts):
        raise Refused("not_found")
    if "\x00" in name or Path(name).suffix not in TYPES:
        raise Refused("not_found")
    path = root.joinpath(*parts)
    try:
        if not path.is_file() or not path.resolve().is_relative_to(root.resolve()):
            raise Refused("not_found")
    except OSError:
        raise Refused("not_found") from None
    return path


def _file(path: Path, keep: str) -> web.FileResponse:
    return web.FileResponse(
        path, headers={"Cache-Control": keep, "Content-Type": TYPES[path.suffix]}
    )
