"""Signing in and out, the token for a socket, and one's own account."""

from __future__ import annotations

import msgspec
from aiohttp import web

from chatserver.rules.instants import instant
from chatserver.rules.people import Account
from chatserver.store import people, sessions

from . import api, session, telling
from .access import Call


async def admit(call: Call, wish: api.SignIn) -> tuple[Account, str, api.SignedIn]:
    """A new session for who proves to be `wish.login`; the limits count every try, right or wrong."""
    address = session.address_of(call.house.config, call.request)
    call.site.attempts.take(f"address {address}", f"login {people.alike(wish.login)}")
    house, now = call.house, call.house.clock.now()
    account = await people.sign_in(
        house.database,
        wish.login,
        wish.password,
        wish.otp or None,
        now,
        house.config.staff_otp == "required",
    )
    token, expires_at, csrf = await sessions.open(house.database, account, now)
    view = api.SignedIn(token, instant(expires_at), api.account_view(account), csrf)
    return account, token, view


async def sign_in(call: Call, wish: api.SignIn) -> web.Response:
    """POST /api/v1/sessions"""
    _, token, view = await admit(call, wish)
    response = web.Response(
        body=msgspec.json.encode(view), status=201, content_type="application/json"
    )
    session.set_cookie(response, call.house.config, token)
    return response


async def leave(call: Call) -> None:
    """Ends the session, and its sockets with it."""
    if call.session is not None:
        await sessions.end(call.house.database, call.session.id)
        await call.house.end_session(call.session.id)


async def sign_out(call: Call) -> web.Response:
    """DELETE /api/v1/sessions/current. A cookie of another session, as beside a widget, is left alone."""
    await leave(call)
    response = web.Response(status=204, headers=session.FORGET)
    cookie = call.request.cookies.get(session.cookie_name(call.house.config), "")
    if call.session is not None and sessions.hashed(cookie) == call.session.id:
        session.drop_cookie(response, call.house.config)
    return response


async def socket_token(call: Call) -> api.SocketToken:
    """POST /api/v1/socket-tokens: for CONNECT within one minute; ends with its session."""
    assert call.session is not None
    token, expires_at, _ = await sessions.open(
        call.house.database,
        call.account,
        call.house.clock.now(),
        kind="socket",
        parent=call.session.id,
    )
    return api.SocketToken(token, instant(expires_at))


async def me(call: Call) -> api.Me:
    """GET /api/v1/me"""
    assert call.session is not None
    view = api.account_view(call.account)
    agreed = await sessions.has_agreed(call.house.database, call.account.id)
    told = await telling.told(call)
    return api.Me(
        **msgspec.structs.asdict(view),
        agreed=agreed,
        expires_at=instant(call.session.expires_at),
        csrf=call.session.csrf,
        email=told.email,
        email_pending=told.email_pending,
        channels=told.channels,
        told_by=told.told_by,
        push_key=told.push_key,
        devices=told.devices,
    )


async def change(call: Call, wish: api.MeChange) -> api.Me:
    """PATCH /api/v1/me"""
    await telling.change(call, wish)
    return await me(call)


async def confirm(call: Call, wish: api.MailCode) -> api.Me:
    """POST /api/v1/me/email-confirmations"""
    await telling.confirm(call, wish)
    return await me(call)
