"""A written question on a telephone, from the form to the answer and the question after it; and without JavaScript."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.test_console import asks
from tests.browser.test_live_journey import answer, ask, citizen_at, lawyer_on_duty, say
from tests.browser.visitors import DESKTOP, SCREENSHOTS, TELEPHONE, Window
from tests.cast import CHEN, QIAN, SUN, WANG
from tests.clients import Running

QUESTION = "公司拖欠两个月工资，应当向哪里反映？"
ASKED = "您和公司签过书面合同吗？"


@pytest.mark.everyday
async def test_a_written_question_is_taken_answered_in_the_frame_and_asked_on(
    server: Running, windows: Window, language: str
) -> None:
    citizen = await citizen_at(windows, server, language, WANG)
    await citizen.reads(citizen.say("我要咨询"))
    await ask(citizen, "留言咨询")
    await citizen.reads(citizen.say("留言已收到"))
    await citizen.looks_right("written-filed")

    lawyer = await lawyer_on_duty(windows, server, language)
    await lawyer.page.keyboard.press("p")
    await lawyer.page.get_by_role("button", name=lawyer.say("领取")).first.click()
    await lawyer.reads(QUESTION)
    await lawyer.press("撰写解答")
    await lawyer.press("提纲")
    await lawyer.page.locator("textarea[name=facts]").fill("公司两个月没有发工资。")
    await lawyer.page.locator("textarea[name=steps]").fill("一年内申请劳动仲裁。")
    await lawyer.press("提纲")  # the frame is left; what was written in it stays
    box = lawyer.page.get_by_role("textbox", name=lawyer.say("解答正文"))
    written = await box.input_value()
    assert "公司两个月没有发工资。" in written and "一年内申请劳动仲裁。" in written
    await lawyer.reads(lawyer.say("已存到服务器"))
    await answer(lawyer, f"{written}\n\n风险：证据不足时可能败诉。")
    await citizen.reads("一年内申请劳动仲裁。")
    await citizen.reads(citizen.say("已解答"))
    await citizen.looks_right("written-answered")
    await say(citizen, "写给律师的话", "需要带什么材料？")
    await expect(citizen.page.locator(".clock-line")).to_be_visible()
    await citizen.looks_right("written-asked-on")


@pytest.mark.everyday
async def test_without_javascript_a_question_is_filed_and_its_answer_read(
    server: Running, windows: Window, language: str
) -> None:
    options: dict[str, Any] = {"java_script_enabled": False}
    citizen = await windows.open(server.url, language, TELEPHONE, **options)
    page = citizen.page
    await page.goto(f"{server.url}/login?next=/consult&lang={language}")
    await page.fill("[name=login]", SUN.login)
    await page.fill("[name=password]", SUN.password)
    await page.get_by_role("button", name=citizen.say("登录")).click()
    form = page.locator("form[action='/consult']")  # words within <noscript> are not searched
    await expect(form).to_be_visible()
    await picture(page, f"nojs-form-{language}")
    await form.locator("[name=in_litigation][value=false]").check()
    await form.locator("[name=category]").select_option("labour")
    await form.locator("[name=body]").fill(QUESTION)
    await form.locator("[name=agree]").check()
    await form.locator("button").click()
    await citizen.reads(citizen.say("留言已收到"))
    await picture(page, f"nojs-filed-{language}")
    lawyer = await server.sit(CHEN)
    (ticket,) = (await lawyer.ok("pool:list"))["tickets"]
    await citizen.reads(ticket["number"])
    number = ticket["number"]
    await lawyer.ok("pool:claim", number=number)
    seq = (await lawyer.ok("ticket:answer", number=number, id="a-1", body="可以投诉。"))["seq"]
    new = {"id": "a-2", "body": "可以向劳动监察部门投诉。", "reason": "没有写明机关"}
    by = (await lawyer.ok("answer:correct", number=number, seq=seq, **new))["seq"]
    await page.locator(f"a[href='/consult?number={number}']").click()
    await expect(page.locator(f"#said-{by} .kept")).to_have_text(new["body"])
    await expect(page.locator(f"#said-{seq}")).to_contain_text(citizen.say("已更正"))
    await expect(page.locator(f"#said-{seq} a")).to_have_attribute("href", f"#said-{by}")
    await expect(page.locator(f"#said-{by} a")).to_have_attribute("href", f"#said-{seq}")
    await expect(page.locator(f"#said-{by}")).to_contain_text("L0001")
    expert = await server.sit(QIAN)
    doubt = {"seq": by, "body": "时效已过", "severity": "harmful"}
    await expert.ok("review:suggest", number=number, **doubt)
    await page.reload()
    warning = citizen.say("这条解答正在复核，请先不要据此行动。")
    await expect(page.locator(f"#said-{by} .notice.danger")).to_have_text(warning)
    await picture(page, f"nojs-answered-{language}")
    await page.locator("a[href='/consult?list=1']").click()
    await expect(page.locator(f"a[href='/consult?number={number}']")).to_be_visible()
    await picture(page, f"nojs-list-{language}")


async def test_without_javascript_a_question_back_is_answered_and_a_refusal_appealed(
    server: Running, windows: Window, language: str
) -> None:
    await asks(server, WANG, "w-1", kind="message")
    lawyer = await server.sit(CHEN)
    number = (await lawyer.ok("pool:list"))["tickets"][0]["number"]
    await lawyer.ok("pool:claim", number=number)
    await lawyer.ok("ticket:ask", number=number, id="q-1", body=ASKED)
    citizen = await windows.open(server.url, language, TELEPHONE, java_script_enabled=False)
    page = citizen.page
    await citizen.enter(WANG, "/consult")
    await page.goto(f"{server.url}/consult?list=1")
    await picture(page, f"nojs-list-waits-{language}")
    await page.locator(f"a[href='/consult?number={number}']").click()
    await page.locator(".notice a[href='#reply']").click()
    form = page.locator("#reply")
    await expect(form.locator("blockquote")).to_have_text(ASKED)
    await picture(page, f"nojs-asked-{language}")
    await form.locator("[name=body]").fill("   ")
    await form.locator("button").click()
    await expect(form.locator(".error")).to_be_visible()
    assert "400" in windows.errors.pop(), "which the browser notes of the refused form"
    await picture(page, f"nojs-reply-refused-{language}")
    await form.locator("[name=body]").fill("没有签过，但有工资条。")
    await form.locator("button").click()
    await page.wait_for_url(f"**/consult?number={number}#said-*")
    heard = await lawyer.wait("message:new", lambda it: it["author"]["kind"] == "citizen")
    assert heard["body"] == "没有签过，但有工资条。"
    await expect(form.locator("blockquote")).to_have_count(0)
    seq = (await lawyer.ok("ticket:answer", number=number, id="a-1", body="可以投诉。"))["seq"]
    new = {"id": "a-2", "body": "可以向劳动监察部门投诉。", "reason": "没有写明机关"}
    by = (await lawyer.ok("answer:correct", number=number, seq=seq, **new))["seq"]
    await page.reload()
    await picture(page, f"nojs-corrected-{language}")
    await page.locator(f"#said-{by} button").click()
    await expect(page.locator(f"#said-{by} form")).to_have_count(0)
    await picture(page, f"nojs-confirmed-{language}")
    await form.locator("[name=body]").fill("需要带什么材料？")
    await form.locator("button").click()
    await page.wait_for_url(f"**/consult?number={number}#said-*")
    await lawyer.ok("ticket:refuse", number=number, ground="in_litigation")
    await page.reload()
    await picture(page, f"nojs-appeal-{language}")
    appeal = page.locator("#appeal")
    await appeal.locator("[name=body]").fill("没有在诉讼。")
    await appeal.locator("button").click()
    await expect(appeal).to_contain_text(citizen.say("申诉已提交，由值班人员复核。"))
    await picture(page, f"nojs-appealed-{language}")


async def picture(page: Any, name: str) -> None:
    """The whole page in both widths, no wider than the screen in either."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for width, height in (DESKTOP, TELEPHONE):
        await page.set_viewport_size({"width": width, "height": height})
        await page.screenshot(path=SCREENSHOTS / f"{name}-{width}.png", full_page=True)
        box = await page.locator("html").bounding_box()
        assert box["width"] <= width
