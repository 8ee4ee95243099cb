"""What a notification says: a number and a link, never what was written. It can be read over a shoulder."""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import urlsplit

import msgspec

from chatserver.i18n import translate
from chatserver.store.outbox import Letter

#: By kind. In an SMS they stand alone.
TEXTS = {
    "answer": "您的咨询 {number} 已有答复，请登录查看：{url}",
    "correction": "您的咨询 {number} 的答复已更正，请登录查看：{url}",
    "doubt": "您的咨询 {number} 的一条解答正在复核，请先不要据此行动，请登录查看：{url}",
    "upheld": "您的咨询 {number} 的解答已经复核，内容不变，请登录查看：{url}",
    "question": "解答您的咨询 {number} 需要您补充情况，请登录回复：{url}",
    "promise": "您的咨询 {number} 约定了答复时间，请登录查看：{url}",
    "delay": "您的咨询 {number} 有新的说明，请登录查看：{url}",
    "refusal": "您的咨询 {number} 有处理结果，请登录查看：{url}",
    "callback": "您的咨询 {number} 有回访安排，请登录查看：{url}",
    "unreached": "就您的咨询 {number} 回访时没有联系上您，请登录查看：{url}",
    "code": "您的邮箱验证码是 {code}，十五分钟内有效。如果不是您本人填写的，请不必理会。",
}
#: What a browser shows above the number, by kind; of all else there is "news".
TITLES = {
    "answer": "您的咨询有了回复",
    "question": "您的咨询需要您补充情况",
    "doubt": "您得到的一条解答正在复核",
}
NEWS = "您的咨询有新消息"
#: Under a letter whose first copy may have arrived.
AGAIN = "这封邮件可能已经发过一次：上次发送时连接中断，无法确认是否送达。如已收到，请忽略。"
FOOT = "这是系统自动发出的邮件，请勿回复。提醒方式可在“我的账户”中更改：{url}"
LANGUAGES = ("zh", "en")


def text(letter: Letter, site: str, language: str = "zh") -> str:
    """The one sentence of a letter."""
    return translate(
        language, TEXTS[letter.kind], number=letter.ticket, url=link(site), code=letter.code
    )


def link(site: str) -> str:
    """Where all of it can be read, after signing in."""
    return f"{site}/consult"


def note(letter: Letter) -> bytes:
    """What a browser is told, as its worker reads it: of the same ticket and an earlier line it keeps still."""
    title = translate(letter.language or "zh", TITLES.get(letter.kind, NEWS))
    told = {"number": letter.ticket, "seq": letter.seq, "title": title}
    return msgspec.json.encode(told)


def mail(letter: Letter, site: str, now: datetime) -> EmailMessage:
    """An e-mail in both languages. Its Message-ID is the same at every attempt, so that mail programs
    that know it show it once."""
    made = EmailMessage()
    about = letter.ticket or translate("zh", "邮箱验证")
    made["Subject"] = f"{translate('zh', '北京法网')} {about}"
    made["Date"] = format_datetime(now)
    made["Message-ID"] = f"<{letter.id}@{urlsplit(site).hostname}>"
    made["Auto-Submitted"] = "auto-generated"
    said = []
    for language in LANGUAGES:
        said.append(text(letter, site, language))
        if letter.doubtful:
            said.append(translate(language, AGAIN))
        said.append(translate(language, FOOT, url=f"{site}/account"))
    made.set_content("\n\n".join(said) + "\n", cte="base64")
    return made
