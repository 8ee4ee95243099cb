"""The log-in page: a plain form, no way to another site, no difference between one failure and another."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chatserver.pages.login import local
from tests.cast import CHEN, LI, TANG, WANG

from .conftest import Desk, Desks, wish


async def test_the_form_signs_in_and_goes_where_one_was_going(desk: Desk) -> None:
    form = await (await desk.call("GET", "/login?next=/consult?lang=en")).text()
    assert '<input type="hidden" name="next" value="/consult?lang=en">' in form
    sent = {**wish(WANG), "otp": "", "next": "/consult?lang=en"}
    answer = await desk.call("POST", "/login", data=sent, headers={"Origin": desk.origin})
    assert (answer.status, answer.headers["Location"]) == (303, "/consult?lang=en")
    assert (await desk.call("GET", "/account")).status == 200


async def test_without_a_goal_everyone_comes_to_their_own_place(desk: Desk) -> None:
    for person, place in ((WANG, "/consult"), (CHEN, "/lawyer"), (TANG, "/account")):
        answer = await desk.call("POST", "/login", data=wish(person))
        assert (answer.status, answer.headers["Location"]) == (303, place)
        again = await desk.call("GET", "/login")
        assert (again.status, again.headers["Location"]) == (303, place)


async def test_the_way_back_is_a_place_of_this_site(desk: Desk) -> None:
    for next in [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        " //evil.example",
        "javascript:alert(1)",
        "evil.example",
        "http:/consult",
        "/x\r\nSet-Cookie: a=b",
        "/api/v1/me",
        "/" + "a" * 3000,
        "",
    ]:
        answer = await desk.call("POST", "/login", data={**wish(WANG), "next": next})
        assert (answer.status, answer.headers["Location"]) == (303, "/consult")
        shown = await desk.call("GET", "/login", params={"next": next})
        assert shown.headers["Location"] == "/consult"


@given(st.text(max_size=40))
def test_a_way_back_never_names_another_place(text: str) -> None:
    from urllib.parse import urljoin, urlsplit

    for given_path in (text, "/" + text, "//" + text):
        path = local(given_path)
        if path is not None:
            assert urlsplit(urljoin("https://own.example/", path)).netloc == "own.example"


async def test_a_failed_log_in_keeps_the_name_and_tells_no_more_than_needed(desk: Desk) -> None:
    pages = []
    for login in ("wang", "nemo"):
        answer = await desk.call("POST", "/login", data={"login": login, "password": "wrong"})
        assert answer.status == 401
        text = await answer.text()
        assert f'value="{login}"' in text and 'role="alert"' in text and "wrong" not in text
        pages.append(text.replace(login, ""))
    assert pages[0] == pages[1]
    empty = await desk.call("POST", "/login", data={"login": "", "password": ""})
    assert empty.status == 400 and "请填写登录名和密码" in await empty.text()


async def test_a_missing_second_factor_is_asked_for(desks: Desks) -> None:
    desk = await desks(staff_otp="required")
    text = await (await desk.call("POST", "/login", data=wish(CHEN))).text()
    assert "请输入动态口令" in text and "required autofocus" in text


async def test_too_many_tries_say_when_to_come_back(desks: Desks) -> None:
    desk = await desks(logins_per_minute=1)
    await desk.call("POST", "/login", data=wish(WANG))
    answer = await desk.call("POST", "/login", data=wish(LI))
    assert answer.status == 429 and int(answer.headers["Retry-After"]) >= 1


async def test_another_sites_form_signs_nobody_in(desk: Desk) -> None:
    for origin in ("https://evil.example", "null"):
        answer = await desk.call("POST", "/login", data=wish(WANG), headers={"Origin": origin})
        assert answer.status == 403 and "Set-Cookie" not in answer.headers


async def test_what_a_person_typed_is_shown_as_text(desk: Desk) -> None:
    evil = '"><script>alert(1)</script>'
    text = await (
        await desk.call("POST", "/login", data={"login": evil, "password": "x", "next": "/" + evil})
    ).text()
    assert "<script>alert" not in text and "&lt;script&gt;" in text
    text = await (
        await desk.call("GET", "/login", params={"next": "/" + evil.replace(" ", "")})
    ).text()
    assert "<script>alert" not in text


async def test_signing_in_anew_ends_the_session_before(desk: Desk) -> None:
    await desk.call("POST", "/login", data=wish(WANG))
    old = {c.key: c.value for c in desk.client.session.cookie_jar}
    await desk.call("POST", "/login", data=wish(LI), headers={"Origin": desk.origin})
    desk.client.session.cookie_jar.clear()
    assert (await desk.call("GET", "/api/v1/me", cookies=old)).status == 401


async def test_signing_out_needs_the_page_and_ends_everything(desk: Desk) -> None:
    headers = await desk.cookie(WANG)
    old = {c.key: c.value for c in desk.client.session.cookie_jar}
    assert (await desk.call("GET", "/logout")).status == 405
    assert (await desk.call("POST", "/logout", headers={"Origin": desk.origin})).status == 403
    form = {"csrf": headers["X-CSRF-Token"]}
    answer = await desk.call("POST", "/logout", data=form, headers={"Origin": desk.origin})
    assert (answer.status, answer.headers["Location"]) == (303, "/")
    assert "storage" in answer.headers["Clear-Site-Data"]
    desk.client.session.cookie_jar.clear()
    assert (await desk.call("GET", "/api/v1/me", cookies=old)).status == 401


async def test_a_browser_that_says_where_it_comes_from_is_believed(desk: Desk) -> None:
    for said, status in (("cross-site", 403), ("same-origin", 303), ("none", 303)):
        headers = {"Sec-Fetch-Site": said}
        assert (
            await desk.call("POST", "/login", data=wish(WANG), headers=headers)
        ).status == status
        desk.client.session.cookie_jar.clear()
