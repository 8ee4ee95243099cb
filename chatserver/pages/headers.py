"""The headers that keep a page to itself: what it may load, who may frame it, what may be kept of it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from aiohttp import web

from chatserver.config import Config

from .access import is_framed

_HOST = re.compile(r"[A-Za-z0-9.\-]+(:\d{1,5})?|\[[0-9A-Fa-f:.]+\](:\d{1,5})?")
#: The one page that others may frame, and only with `?frame=1`.
FRAMED = "/consult"
#: The one file that stands in other people's pages.
LOADER = "/widget.js"
TRANSPORT = "/socket.io"

PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "browsing-topics",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "usb",
    )
)


def policy(config: Config, request: web.BaseRequest, framed: bool) -> str:
    """The Content-Security-Policy of a page; `framed` ones may stand in the allowed origins."""
    ancestors = " ".join(("'self'", *config.allowed_origins)) if framed else "'none'"
    directives = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "media-src": "'self' data:",
        "connect-src": " ".join(("'self'", *_sockets(config, request))),
        "frame-src": "'self'",
        "manifest-src": "'self'",
        "worker-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": ancestors,
        "require-trusted-types-for": "'script'",
        "trusted-types": "lit-html notify",
    }
    return "; ".join(f"{name} {value}" for name, value in directives.items())


def _sockets(config: Config, request: web.BaseRequest) -> list[str]:
    """Our own WebSocket addresses: older Safari does not count them as 'self'."""
    hosts = {urlsplit(config.public_url).netloc, request.host}
    scheme = "wss" if config.secure else "ws"
    return sorted(f"{scheme}://{host}" for host in hosts if _HOST.fullmatch(host))


def protect(config: Config, request: web.BaseRequest, response: web.StreamResponse) -> None:
    """Adds what every response needs; what a handler has set itself stays."""
    path = request.path
    if path.startswith(TRANSPORT):
        return
    headers = response.headers
    headers["Server"] = "chatserver"
    headers["X-Content-Type-Options"] = "nosniff"
    # Not no-referrer: with it browsers post our own forms with `Origin: null`.
    headers["Referrer-Policy"] = "same-origin"
    headers.setdefault("Cache-Control", "no-store")
    loader = path == LOADER
    headers["Cross-Origin-Resource-Policy"] = "cross-origin" if loader else "same-origin"
    framed = path == FRAMED and is_framed(request)
    headers["Content-Security-Policy"] = policy(config, request, framed)
    if not framed:
        headers["X-Frame-Options"] = "DENY"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Permissions-Policy"] = PERMISSIONS
    if config.secure:
        headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
