"""Every URL on one screen, each with who may call it. A route without a policy does not mount."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import msgspec
from aiohttp import web

from chatserver.house import House
from chatserver.limits import Buckets
from chatserver.rules.ticket import Ticket

from . import (
    account,
    alerts,
    api,
    api_refusing,
    api_rota,
    backoffice,
    canned,
    clocks,
    consult,
    devices,
    directory,
    docs,
    health,
    login,
    openapi,
    operators,
    outer,
    public,
    referrals,
    rota,
    rulings,
    standing,
    support,
    telling,
    tickets,
)
from . import api_operator as duty
from . import api_staff as staff
from . import asyncapi as sockets
from .access import (
    ANYONE,
    BACKOFFICE,
    CITIZEN,
    DESKS,
    EXPERT,
    LAWYER,
    OPERATOR,
    PARTIES,
    SIGNED_IN,
    SUPERVISOR,
    TIMED,
    Handler,
    Route,
    Site,
)
from .attempts import Attempts
from .guard import guarded
from .lists import PAGED

KIB = 1024
V1 = "/api/v1"
#: How many accounts' worth of writes an address may send before anybody is signed in.
STRANGERS = 10


def _page(method: str, path: str, handler: Handler, access: frozenset[str], **more: Any) -> Route:
    return Route(method, path, handler, access, "", kind="page", **more)


def _plain(path: str, handler: Handler, summary: str = "", **more: Any) -> Route:
    return Route("GET", path, handler, ANYONE, summary, kind="plain", **more)


# fmt: off
PAGES = (
    _page("GET", "/", public.home, ANYONE),
    _page("GET", "/consult", consult.show, CITIZEN, framed=True),
    _page("POST", "/consult", consult.file, CITIZEN),
    _page("GET", "/agreement-declined", consult.declined, ANYONE),
    _page("GET", "/institutions", directory.page, ANYONE),
    _page("GET", "/login", login.show, ANYONE),
    _page("POST", "/login", login.submit, ANYONE, limit=16 * KIB, patience=None),
    _page("POST", "/logout", login.logout, SIGNED_IN, limit=16 * KIB),
    _page("GET", "/account", telling.show, SIGNED_IN),
    _page("POST", "/account", telling.act, CITIZEN, limit=16 * KIB),
    _page("GET", "/lawyer", consult.console, LAWYER),
    _page("GET", "/expert", consult.expert_desk, EXPERT),
    _page("GET", "/backoffice", backoffice.page, BACKOFFICE),
    _page("POST", "/backoffice", backoffice.act, BACKOFFICE),
    _page("GET", "/admin", operators.page, OPERATOR),
    _page("POST", "/admin", operators.act, OPERATOR),
    _page("GET", operators.BUREAU, operators.page, SUPERVISOR),
    _page("POST", operators.BUREAU, operators.act, SUPERVISOR, limit=16 * KIB),
    _page("GET", standing.PATH, standing.page, OPERATOR),
    _page("POST", standing.PATH, standing.act, OPERATOR, limit=16 * KIB),
    _page("GET", "/admin/rota", rota.page, OPERATOR),
    _page("POST", "/admin/rota", rota.act, OPERATOR),
    _page("GET", "/admin/replies", canned.page, OPERATOR),
    _page("POST", "/admin/replies", canned.act, OPERATOR),
    _page("GET", referrals.PATH, referrals.page, OPERATOR),
    _page("POST", referrals.PATH, referrals.act, OPERATOR, limit=16 * KIB),
    _page("GET", rulings.PATH, rulings.page, LAWYER | EXPERT | OPERATOR),
    _page("POST", rulings.PATH, rulings.act, EXPERT),
    _page("GET", "/api/docs", docs.page, ANYONE),
    _plain("/static/{name:.+}", public.static),
    _plain("/widget.js", public.widget),
    _plain("/notify.js", public.worker),
    _plain("/favicon.ico", public.favicon),
    _plain("/robots.txt", public.robots),
)
API = (
    Route("POST", f"{V1}/sessions", account.sign_in, ANYONE, "登录",
          takes=api.SignIn, gives=api.SignedIn, status=201, limit=16 * KIB, patience=None),
    Route("DELETE", f"{V1}/sessions/current", account.sign_out, SIGNED_IN, "退出登录", status=204, limit=16 * KIB),
    Route("POST", f"{V1}/socket-tokens", account.socket_token, SIGNED_IN, "取得一分钟有效的连接令牌",
          gives=api.SocketToken, status=201, limit=16 * KIB),
    Route("GET", f"{V1}/me", account.me, SIGNED_IN, "查看自己的账号", gives=api.Me),
    Route("PATCH", f"{V1}/me", account.change, CITIZEN, "更改电子邮箱和提醒方式",
          takes=api.MeChange, gives=api.Me, limit=16 * KIB),
    Route("POST", f"{V1}/me/email-confirmations", account.confirm, CITIZEN, "用收到的验证码确认电子邮箱",
          takes=api.MailCode, gives=api.Me, status=201, limit=16 * KIB),
    Route("POST", f"{V1}/me/devices", devices.add, CITIZEN, "在这个浏览器上接收提醒",
          takes=api.NewDevice, gives=api.Me, status=201, limit=16 * KIB),
    Route("DELETE", f"{V1}/me/devices/{{id}}", devices.drop, CITIZEN, "不再在这个浏览器上接收提醒",
          status=204, limit=16 * KIB),
    Route("GET", f"{V1}/agreement", consult.agreement, ANYONE, "查看现行服务协议", gives=api.Agreement),
    Route("POST", f"{V1}/agreement/acceptances", consult.accept, CITIZEN, "同意服务协议",
          takes=api.Acceptance, gives=api.Accepted, status=201, limit=16 * KIB),
    Route("GET", f"{V1}/categories", consult.categories, ANYONE, "咨询类别", gives=api.Categories,
          query=PAGED),
    Route("GET", f"{V1}/institutions", directory.all_of, ANYONE, "机构名录，按名称排列",
          gives=api.Institutions, query=(("q", "string"), *PAGED)),
    Route("GET", f"{V1}/tickets", tickets.all_of, PARTIES, "自己参与的咨询，新的在前",
          gives=api.Tickets, query=(*PAGED, ("open_only", "boolean"))),
    Route("GET", f"{V1}/tickets/{{number}}", tickets.one, PARTIES, "一次咨询", gives=api.OneTicket),
    Route("GET", f"{V1}/tickets/{{number}}/clock", clocks.explained, TIMED,
          "计时说明：每次开始、停止、暂停和变更，及其依据", gives=staff.Explained),
    Route("GET", f"{V1}/backoffice", backoffice.overview, BACKOFFICE,
          "本机构驻场人员的在岗、负荷、计时和求助", gives=staff.BackOffice),
    Route("POST", f"{V1}/backoffice/replies", support.reply, BACKOFFICE, "回复本机构驻场人员的求助",
          takes=staff.SupportReply, gives=staff.Decided, status=201),
    Route("POST", f"{V1}/backoffice/stand-ins", backoffice.stand_in, BACKOFFICE, "由本机构同事接手",
          takes=staff.StandIn, gives=staff.Decided, status=201, limit=16 * KIB),
    Route("GET", f"{V1}/alerts", alerts.overview, DESKS, "须即时知悉的提醒，未知悉的在前", gives=staff.Alerts),
    Route("POST", f"{V1}/alerts/seen", alerts.see, DESKS, "记录由谁知悉", takes=staff.SeenAlerts, gives=staff.Seen),
    Route("GET", f"{V1}/operator", operators.overview, OPERATOR | SUPERVISOR,
          "待决定的提请和申诉，待回复的求助；监管人员只有对滥用认定的申诉",
          gives=staff.ToDecide),
    Route("POST", f"{V1}/operator/abuse", operators.find_abuse, OPERATOR, "决定滥用提请",
          takes=staff.AbuseFinding, gives=staff.Decided, status=201, limit=16 * KIB),
    Route("POST", f"{V1}/operator/appeals", operators.find_appeal, OPERATOR | SUPERVISOR,
          "决定申诉；针对自己认定的，由另一位决定",
          takes=staff.AppealFinding, gives=staff.Decided, status=201, limit=16 * KIB),
    Route("POST", f"{V1}/operator/replies", support.reply, OPERATOR, "回复没有后台支持或者逾期未复的求助",
          takes=staff.SupportReply, gives=staff.Decided, status=201),
    Route("GET", f"{V1}/operator/tickets/{{number}}", standing.overview, OPERATOR,
          "一次咨询的办理情况，不含咨询内容", gives=duty.Standing),
    Route("POST", f"{V1}/operator/releases", standing.release, OPERATOR, "撤销专家的认领，由专家组重新接手",
          takes=duty.Release, gives=duty.Standing, status=201, limit=16 * KIB),
    Route("POST", f"{V1}/operator/offers", standing.offer, OPERATOR, "请在岗的驻场人员接手，或者排在队伍最前",
          takes=duty.Offer, gives=duty.Standing, status=201, limit=16 * KIB),
    Route("GET", f"{V1}/operator/rota", rota.overview, OPERATOR, "专家组排班", gives=api_rota.Rota),
    Route("POST", f"{V1}/operator/rota", rota.add, OPERATOR, "加一个班次",
          takes=api_rota.NewShift, gives=api_rota.Rota, status=201, limit=16 * KIB),
    Route("DELETE", f"{V1}/operator/rota/{{id}}", rota.drop, OPERATOR, "撤下一个班次",
          status=204, limit=16 * KIB),
    Route("GET", f"{V1}/canned-replies", canned.all_of, LAWYER | OPERATOR, "常用语", gives=api.Replies,
          query=PAGED),
    Route("POST", f"{V1}/canned-replies", canned.add, LAWYER | OPERATOR, "新增常用语：驻场人员的归自己，运营的归全体",
          takes=api.NewReply, gives=api.Reply, status=201),
    Route("DELETE", f"{V1}/canned-replies/{{id}}", canned.remove, LAWYER | OPERATOR, "删除自己的常用语",
          status=204, limit=16 * KIB),
    Route("GET", f"{V1}/referral-cards", referrals.all_of, LAWYER | OPERATOR, "办事指引：告知用户向哪里咨询",
          gives=api_refusing.Cards, query=PAGED),
    Route("POST", f"{V1}/referral-cards", referrals.add, OPERATOR, "新增办事指引",
          takes=api_refusing.NewCard, gives=api_refusing.Card, status=201, limit=16 * KIB),
    Route("DELETE", f"{V1}/referral-cards/{{id}}", referrals.remove, OPERATOR, "删除办事指引",
          status=204, limit=16 * KIB),
    Route("GET", f"{V1}/rulings", rulings.all_of, LAWYER | EXPERT | OPERATOR, "专家组的判断口径，现行的在前",
          gives=api_refusing.Rulings, query=PAGED),
    Route("POST", f"{V1}/rulings", rulings.add, EXPERT, "新增判断口径，或者以新的取代",
          takes=api_refusing.NewRuling, gives=api_refusing.Ruling, status=201),
    _plain(f"{V1}/openapi.json", docs.openapi),
    _plain(f"{V1}/asyncapi.json", docs.asyncapi),
    _plain("/healthz", health.alive, "进程是否存活", gives=health.Alive),
    _plain("/readyz", health.ready, "是否可以接待用户", gives=health.Readiness),
    _plain("/metrics", health.metrics, "Prometheus 指标"),
)
# fmt: on
ROUTES: tuple[Route, ...] = PAGES + API


def mount(
    app: web.Application,
    house: House,
    *,
    ticket_object: Callable[[Ticket], Awaitable[Any]],
    ticket_struct: type[msgspec.Struct] = api.OneTicket,
    socket_events: Sequence[sockets.SocketEvent] = (),
    routes: Sequence[Route] = ROUTES,
) -> Site:
    """Puts every page and API call on `app`. `ticket_object` shows a ticket as the contract has it (a
    `ticket_struct`), `socket_events` is what AsyncAPI tells: the sockets' side has them, which pages
    do not know."""
    url = house.config.public_url
    items: Any = list[ticket_struct]  # type: ignore[valid-type]  # a type known at run time
    page = msgspec.defstruct("Tickets", [("items", items), ("next_cursor", str | None)])
    given: dict[Any, Any] = {api.OneTicket: ticket_struct, api.Tickets: page}
    told = [
        replace(route, gives=given.get(route.gives, route.gives))
        for route in routes
        if route.summary
    ]
    site = Site(
        house=house,
        attempts=Attempts(house.config.logins_per_minute),
        writes=Buckets(house.config.messages_per_second),
        strangers=Buckets(STRANGERS * house.config.messages_per_second),
        ticket_object=ticket_object,
        # Made when first asked for: a start must be quick, most of all after a crash.
        openapi=cache(lambda lang: msgspec.json.encode(openapi.document(told, lang, url))),
        asyncapi=cache(
            lambda lang: msgspec.json.encode(sockets.document(socket_events, lang, url))
        ),
    )
    outer.wrap(app, house.config)
    for route in routes:
        handler = guarded(route, site)
        if route.method == "GET":
            app.router.add_get(route.path, handler, allow_head=True)
        else:
            app.router.add_route(route.method, route.path, handler)
    return site
