"""One's own account page, and how a citizen is told of news outside the page."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from aiohttp import web
from msgspec import UNSET

from chatserver import webpush
from chatserver.i18n import translate
from chatserver.rules.articles import Refused
from chatserver.rules.telling import CODE_DIGITS, MAIL, Channel, mail_address, offered
from chatserver.store import desks, devices, telling

from . import api, templates
from .access import Call

PATH = "/account"
ROLE_NAMES = {
    "citizen": "市民",
    "lawyer": "驻场人员",
    "expert": "专家组成员",
    "backoffice": "后台支持",
    "editor": "编辑",
    "operator": "运营人员",
    "supervisor": "监管人员",
    "admin": "管理员",
}
#: What a form of the page did, said when it is shown again; never with the address in it.
DONE = {
    "address": "验证码已发出，请查收邮件。",
    "code": "邮箱已确认，今后的答复会用邮件提醒您。",
    "remove": "邮箱已删除，不会再向它发送邮件。",
    "channels": "提醒方式已保存。",
    "devices": "已全部关闭，关着页面时不再有浏览器提醒。",
}


@dataclass(frozen=True)
class Told:
    """As `Me` shows it; empty for staff."""

    email: str | None
    email_pending: str | None
    channels: list[Channel]
    told_by: list[Channel]
    push_key: str | None = None
    devices: list[str] = field(default_factory=list)


@lru_cache(maxsize=1)
def push_key(key: bytes) -> str:
    """What a browser is to be subscribed with."""
    return webpush.text(webpush.public(webpush.private(key)))


async def told(call: Call) -> Told:
    """How the caller is told, of what there is here."""
    if call.account.role != "citizen":
        return Told(None, None, [], [])
    house = call.house
    wishes = await telling.wishes(house.database, call.account.id, house.clock.now())
    there = _there(call)
    by = [
        one
        for one in there
        if one not in wishes.not_told_by and (one != MAIL or wishes.email is not None)
    ]
    key = house.config.vapid_key
    mine = await devices.own(house.database, call.account.id) if key else []
    return Told(wishes.email, wishes.pending, there, by, push_key(key) if key else None, mine)


def _there(call: Call) -> list[Channel]:
    return list(offered(call.house.figures.channels))


async def change(call: Call, wish: api.MeChange) -> None:
    """Everything is looked at before anything is changed."""
    house, id, now = call.house, call.account.id, call.house.clock.now()
    address = mail_address(wish.email) if isinstance(wish.email, str) else None
    if address and MAIL not in _there(call):
        raise Refused("unavailable", "本网目前不发送电子邮件。")
    if wish.told_by is not UNSET:
        await telling.choose(house.database, id, wish.told_by, _there(call), now)
    if wish.email is None:
        await telling.drop_address(house.database, id)
    elif address:
        await telling.ask_code(house.database, id, address, now)


async def confirm(call: Call, wish: api.MailCode) -> None:
    """The code came back."""
    await telling.confirm(call.house.database, call.account.id, wish.code, call.house.clock.now())


async def show(call: Call, refused: Refused | None = None) -> web.Response:
    """GET /account"""
    done = DONE.get(call.request.query.get("done", ""), "")
    return templates.page(
        call,
        "account.html",
        PATH,
        refused,
        role=ROLE_NAMES[call.account.role],
        told=await told(call),
        restraints=await desks.restraints_of(
            call.house.database, call.account.id, call.house.clock.now()
        ),
        given=call.form,
        done="" if refused else translate(call.language, done),
    )


async def act(call: Call) -> web.StreamResponse:
    """POST /account: the page's forms; `do` says which."""
    form, do = call.form, call.form.get("do", "")
    try:
        if do == "address":
            if not form.get("email", "").strip():
                raise Refused("invalid", "请填写电子邮箱。")
            await change(call, api.of_form(api.MeChange, {"email": form["email"].strip()}))
        elif do == "code":
            code = "".join(form.get("code", "").split())
            if not (code.isascii() and code.isdigit() and len(code) == CODE_DIGITS):
                raise Refused("invalid", "请填写邮件中的六位数字。")
            await confirm(call, api.of_form(api.MailCode, {"code": code}))
        elif do == "remove":
            await change(call, api.MeChange(email=None))
        elif do == "channels":
            ticked = [one for one in _there(call) if form.get(one)]
            await change(call, api.MeChange(told_by=ticked))
        elif do == "devices":
            await devices.drop_all(call.house.database, call.account.id)
        else:
            raise Refused("invalid")
    except Refused as refused:
        return await show(call, refused)
    raise web.HTTPSeeOther(f"{PATH}?done={do}#told")
