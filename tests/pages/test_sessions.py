"""Signing in and out: one way to be known, told by token or cookie, and one text for every failure."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from argon2 import PasswordHasher

from chatserver.clock import Clock
from chatserver.config import Config
from chatserver.pages import session
from chatserver.store import people
from tests.cast import CHEN, LI, WANG

from .conftest import SESSIONS, Desk, Desks, wish


async def tried(desk: Desk, **given: Any) -> tuple[int, dict[str, Any]]:
    answer = await desk.call("POST", SESSIONS, json=given)
    return answer.status, await answer.json()


async def test_a_right_password_opens_a_session_that_says_who_one_is(desk: Desk) -> None:
    answer = await desk.call("POST", SESSIONS, json=wish(WANG))
    assert answer.status == 201
    given = await answer.json()
    assert given["account"]["login"] == "wang" and given["account"]["role"] == "citizen"
    assert given["expires_at"].endswith("Z") and len(given["token"]) >= 22
    me = await desk.call("GET", "/api/v1/me")
    assert (await me.json())["login"] == "wang"


async def test_the_cookie_is_hidden_from_scripts_and_named_by_the_way_it_travels(
    desks: Desks,
) -> None:
    for public, name, secure in (
        ("http://127.0.0.1:8080", "session", False),
        ("http://localhost:8080", "session", False),
        ("https://law.example", "__Host-session", True),
        ("http://law.example", "__Host-session", True),
    ):
        desk = await desks(public_url=public)
        answer = await desk.call("POST", SESSIONS, json=wish(WANG))
        cookie = answer.headers["Set-Cookie"]
        assert cookie.startswith(f"{name}=") and "HttpOnly" in cookie and "Path=/" in cookie
        assert "SameSite=Lax" in cookie and "Domain" not in cookie
        assert ("Secure" in cookie) is secure


async def test_an_unknown_log_in_and_a_wrong_password_look_alike(desk: Desk) -> None:
    unknown = await tried(desk, login="nobody", password="x" * 12)
    wrong = await tried(desk, login="wang", password="x" * 12)
    assert unknown == wrong
    assert unknown[0] == 401 and unknown[1]["code"] == "unauthenticated"
    assert "details" not in unknown[1]


async def test_an_unknown_log_in_costs_a_hash_as_well(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    verified: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Any:
            verified.append(str(hash))
            return super().verify(hash, password)

    given = {"role": "citizen", "login": "somebody", "password": "x" * 13, "now": Clock().now()}
    await people.add(desk.server.database, **given)  # with the hash that everybody really gets
    monkeypatch.setattr(people, "HASHER", Counting(2, 19_456, 1))
    await tried(desk, login="nobody", password="x" * 12)
    await tried(desk, login="somebody", password="x" * 12)
    assert len(verified) == 2
    assert verified[0].split("$")[:4] == verified[1].split("$")[:4]


async def test_staff_need_the_second_factor_and_each_code_counts_once(desks: Desks) -> None:
    desk = await desks(staff_otp="required")
    status, told = await tried(desk, **wish(CHEN))
    assert (status, told["code"], told["details"]) == (401, "unauthenticated", {"otp": True})
    status, told = await tried(desk, **wish(CHEN), otp="000000")
    assert (status, told["details"]) == (401, {"otp": True})
    status, told = await tried(desk, login="chen", password="wrong password", otp="000000")
    assert status == 401 and "details" not in told
    async with desk.server.database.use() as connection:
        secret = await connection.fetchval("select otp_secret from accounts where login = 'chen'")
    code = pyotp.TOTP(secret).at(Clock().now())
    assert (await tried(desk, **wish(CHEN), otp=code))[0] == 201
    assert (await tried(desk, **wish(CHEN), otp=code))[0] == 401


async def test_citizens_need_no_second_factor(desks: Desks) -> None:
    desk = await desks(staff_otp="required")
    assert (await tried(desk, **wish(WANG)))[0] == 201


@pytest.mark.parametrize("how", ["bearer", "cookie"])
async def test_a_session_that_was_ended_opens_nothing(desk: Desk, how: str) -> None:
    headers = await (desk.bearer(WANG) if how == "bearer" else desk.cookie(WANG))
    cookies = {c.key: c.value for c in desk.client.session.cookie_jar}
    gone = await desk.call("DELETE", f"{SESSIONS}/current", headers=headers)
    assert gone.status == 204
    for path in ("/api/v1/me", "/api/v1/tickets"):
        answer = await desk.call("GET", path, headers=headers, cookies=cookies)
        assert answer.status == 401


async def test_signing_out_of_the_widget_leaves_the_page_around_it_signed_in(desk: Desk) -> None:
    widget = await desk.bearer(LI)
    await desk.cookie(WANG)
    assert (await desk.call("DELETE", f"{SESSIONS}/current", headers=widget)).status == 204
    me = await desk.call("GET", "/api/v1/me")
    assert (await me.json())["login"] == WANG.login


@pytest.mark.parametrize("how", ["bearer", "cookie"])
async def test_a_session_ends_with_its_time_and_with_its_account(desk: Desk, how: str) -> None:
    headers = await (desk.bearer(WANG) if how == "bearer" else desk.cookie(WANG))
    assert (await desk.call("GET", "/api/v1/me", headers=headers)).status == 200
    async with desk.server.database.use() as connection:
        await connection.execute("update accounts set disabled_at = now() where login = 'wang'")
    assert (await desk.call("GET", "/api/v1/me", headers=headers)).status == 401
    async with desk.server.database.use() as connection:
        await connection.execute("update accounts set disabled_at = null")
    assert (await desk.call("GET", "/api/v1/me", headers=headers)).status == 200

    class Later(Clock):
        def now(self) -> Any:
            return super().now() + timedelta(days=8)

    desk.server.house.clock = Later()
    assert (await desk.call("GET", "/api/v1/me", headers=headers)).status == 401


async def test_a_bad_token_is_not_helped_by_a_good_cookie(desk: Desk) -> None:
    await desk.cookie(WANG)
    for header in ("Bearer nonsense", "Bearer", "Basic d2FuZzp4", "Bearer " + "x" * 5000):
        answer = await desk.call("GET", "/api/v1/me", headers={"Authorization": header})
        assert answer.status == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"


async def test_a_socket_token_lasts_a_minute_and_opens_no_page(desk: Desk) -> None:
    headers = await desk.bearer(WANG)
    answer = await desk.call("POST", "/api/v1/socket-tokens", headers=headers)
    assert answer.status == 201
    token = (await answer.json())["token"]
    for method, path in (("GET", "/api/v1/me"), ("POST", "/api/v1/socket-tokens")):
        refused = await desk.call(method, path, headers={"Authorization": f"Bearer {token}"})
        assert refused.status == 401


BAD_FORMS: tuple[dict[str, Any], ...] = (
    {},
    {"login": "wang"},
    {"login": "wang", "password": ["x"]},
    {"login": {"$ne": None}, "password": "x"},
    wish(WANG, role="admin"),
    {"login": "wa\x00ng", "password": "wangwang"},
    {"login": "wang", "password": "\ud800 half a character"},
    {"login": "", "password": "wangwang"},
    {"login": "x" * 201, "password": "wangwang"},
    {**wish(WANG), "otp": 123456},
)


async def test_a_sign_in_of_the_wrong_form_is_invalid_and_says_where(desk: Desk) -> None:
    for given in BAD_FORMS:
        status, told = await tried(desk, **given)
        assert (status, told["code"]) == (400, "invalid"), given
        assert told["details"][0].keys() == {"path", "problem"}


async def test_what_is_no_json_object_is_invalid(desk: Desk) -> None:
    headers = {"Content-Type": "application/json"}
    for body in (b"", b"{", b"[]", b'"x"', b"NaN", b"\xff\xfe", b"null", b"[" * 5000):
        answer = await desk.call("POST", SESSIONS, data=body, headers=headers)
        assert answer.status == 400, body
        assert (await answer.json())["code"] == "invalid"


async def test_a_body_that_is_not_called_json_is_not_read_as_json(desk: Desk) -> None:
    answer = await desk.call(
        "POST",
        SESSIONS,
        data=b'{"login":"wang","password":"x"}',
        headers={"Content-Type": "text/plain"},
    )
    assert answer.status == 415
    assert (await answer.json())["code"] == "unsupported_type"


async def test_log_ins_are_limited_by_address_and_by_account(desks: Desks) -> None:
    desk = await desks(logins_per_minute=3)
    for _ in range(3):
        assert (await tried(desk, login="nobody", password="wrong wrong"))[0] == 401
    answer = await desk.call("POST", SESSIONS, json=wish(WANG))
    told = await answer.json()
    assert (answer.status, told["code"]) == (429, "rate_limited")
    assert 1 <= told["details"]["retry_after_s"] <= 60
    assert answer.headers["Retry-After"] == str(told["details"]["retry_after_s"])


async def test_an_invented_forwarded_address_does_not_lift_the_limit(desks: Desks) -> None:
    desk = await desks(logins_per_minute=2)
    seen = []
    for turn in range(6):
        answer = await desk.call(
            "POST",
            SESSIONS,
            json={"login": f"nobody{turn}", "password": "wrong wrong"},
            headers={"X-Forwarded-For": f"10.0.0.{turn}", "Forwarded": f"for=10.0.0.{turn}"},
        )
        seen.append(answer.status)
    assert seen == [401, 401, 429, 429, 429, 429]


async def test_behind_a_trusted_proxy_each_client_has_its_own_limit(desks: Desks) -> None:
    from ipaddress import ip_network

    desk = await desks(logins_per_minute=1, trusted_proxies=(ip_network("127.0.0.0/8"),))
    seen = []
    for turn, chain in enumerate(("1.1.1.1", "2.2.2.2", "6.6.6.6, 1.1.1.1", "1.1.1.1, 127.0.0.9")):
        answer = await desk.call(
            "POST",
            SESSIONS,
            json={"login": f"nobody{turn}", "password": "wrong wrong"},
            headers={"X-Forwarded-For": chain},
        )
        seen.append(answer.status)
    assert seen == [401, 401, 429, 429]


async def test_one_account_is_limited_from_all_addresses_together(desks: Desks) -> None:
    from ipaddress import ip_network

    desk = await desks(logins_per_minute=2, trusted_proxies=(ip_network("127.0.0.0/8"),))
    seen = []
    for turn, login in enumerate(("wang", "WANG", "Wang")):
        answer = await desk.call(
            "POST",
            SESSIONS,
            json={"login": login, "password": "wrong wrong"},
            headers={"X-Forwarded-For": f"1.1.1.{turn}"},
        )
        seen.append(answer.status)
    assert seen == [401, 401, 429]


async def test_many_sign_ins_at_once_all_get_their_answer(desk: Desk) -> None:
    tries = [tried(desk, **wish(WANG)) for _ in range(20)]
    assert {status for status, _ in await asyncio.gather(*tries)} == {201}


def test_no_setting_makes_a_cookie_travel_in_the_clear_but_loopback() -> None:
    for url in ("http://10.0.0.8", "http://law.example:8080", "http://localhost.evil.example"):
        assert session.over_tls(Config(public_url=url))
    for url in ("http://127.0.0.1:8080", "http://[::1]:8080", "http://localhost"):
        assert not session.over_tls(Config(public_url=url))
