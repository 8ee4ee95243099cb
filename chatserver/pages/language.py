"""Which language a caller is answered in: `?lang=`, else the cookie, else Accept-Language, else Chinese."""

from __future__ import annotations

from aiohttp import web

from chatserver.i18n import DEFAULT, LANGUAGES

COOKIE = "lang"
_YEAR = 365 * 24 * 3600


def language_of(request: web.BaseRequest) -> str:
    """`zh` or `en`. Never fails: whatever cannot be read is passed over."""
    for wish in (request.query.get("lang"), request.cookies.get(COOKIE)):
        if wish in LANGUAGES:
            return str(wish)
    return preferred(request.headers.get("Accept-Language", ""))


def tag(lang: str) -> str:
    """The language tag (BCP 47) of one of our languages."""
    return "zh-CN" if lang == "zh" else lang


def preferred(accept_language: str) -> str:
    """The language that an Accept-Language header likes best among ours (RFC 9110, 12.5.4)."""
    best, liking = DEFAULT, 0.0
    for part in accept_language[:500].split(","):
        tag, _, weight = part.strip().partition(";")
        primary = tag.strip().partition("-")[0].lower()
        if primary in LANGUAGES and (quality := _quality(weight)) > liking:
            best, liking = primary, quality
    return best


def _quality(weight: str) -> float:
    name, _, value = weight.strip().partition("=")
    if not name:
        return 1.0
    try:
        return min(float(value), 1.0) if name.strip().lower() == "q" else 1.0
    except ValueError:
        return 0.0


def remember(request: web.Request, response: web.StreamResponse, secure: bool) -> None:
    """Keeps an explicit `?lang=` for the pages that follow."""
    wish = request.query.get("lang")
    if wish in LANGUAGES and wish != request.cookies.get(COOKIE) and not response.prepared:
        response.set_cookie(
            COOKIE, wish, max_age=_YEAR, path="/", samesite="Lax", httponly=True, secure=secure
        )
