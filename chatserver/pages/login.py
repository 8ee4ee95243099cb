"""The pages for signing in and out; they work without JavaScript."""

from __future__ import annotations

from dataclasses import replace

import msgspec
from aiohttp import web

from chatserver.i18n import translate
from chatserver.rules.articles import Refused

from . import account, api, problem, session, templates
from .access import Call

#: Where each role goes first.
HOME = {
    "citizen": "/consult",
    "lawyer": "/lawyer",
    "expert": "/expert",
    "backoffice": "/backoffice",
    "operator": "/admin",
}
ELSEWHERE = "/account"


def local(path: str | None) -> str | None:
    """`path` if it is a path of this site and nothing that a browser reads as another one."""
    if not path or len(path) > 2000 or not path.startswith("/") or path.startswith("//"):
        return None
    if "\\" in path or any(character <= " " or character == "\x7f" for character in path):
        return None
    return None if path.startswith("/api/") else path


async def show(call: Call) -> web.Response:
    """GET /login"""
    target = local(call.request.query.get("next"))
    if call.session is not None:
        raise web.HTTPSeeOther(target or HOME.get(call.account.role, ELSEWHERE))
    return _page(call, target)


def _page(
    call: Call, target: str | None, refused: Refused | None = None, login: str = ""
) -> web.Response:
    """The form; `otp` asks for the second factor, which the right password has shown to be missing."""
    otp = refused is not None and isinstance(refused.details, dict) and "otp" in refused.details
    return templates.render(
        "login.html",
        lang=call.language,
        path="/login",
        status=problem.status_of(refused) if refused else 200,
        headers=problem.headers_of(refused) if refused else None,
        error=translate(call.language, refused.message) if refused else "",
        otp=otp,
        login=login,
        next=target,
    )


async def submit(call: Call) -> web.StreamResponse:
    """POST /login"""
    form, target = call.form, local(call.form.get("next"))
    fields = {name: form.get(name, "") for name in ("login", "password", "otp")}
    try:
        wish = api.decoded(api.SignIn, msgspec.json.encode(fields | {"otp": fields["otp"].strip()}))
        known, token, _ = await account.admit(call, wish)
    except Refused as refused:
        if refused.code == "invalid":
            refused = Refused("invalid", "请填写登录名和密码。")
        return _page(call, target, refused, fields["login"][:200])
    former = (await session.identify(call.house, call.request)).session
    if former is not None:
        await account.leave(replace(call, session=former))
    answer = web.HTTPSeeOther(target or HOME.get(known.role, ELSEWHERE))
    session.set_cookie(answer, call.house.config, token)
    raise answer


async def logout(call: Call) -> web.StreamResponse:
    """POST /logout"""
    await account.leave(call)
    answer = web.HTTPSeeOther("/", headers=session.FORGET)
    session.drop_cookie(answer, call.house.config)
    raise answer
