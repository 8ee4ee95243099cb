"""Private contacts in what staff write: offline engagement goes through the platform (22).

What is looked for is what a person would read: full-width letters and digits, Chinese numerals, spaces and
invisible characters in between change nothing. The console warns of the same (web/app/staff/contacts.js);
tests/contacts.json holds the two together.
"""

from __future__ import annotations

import re
import unicodedata

from .articles import Refused, article
from .events_desks import ContactRefused
from .policy import CONTACT_TRIES
from .ticket import Ticket

#: What may stand between the digits of one number.
_GAP = r"[\s.·_\u2010-\u2015-]"
_ABROAD = re.compile(r"(?<!\d)(?:\+|00)?86[)）\s-]{0,4}(?=1[3-9])", re.ASCII)
#: A mobile number as it is usually written, then in any other groups, then with Chinese numerals in it. The
#: first character stands before what it must not follow: a search for one character is fast.
_MOBILE = re.compile(rf"1(?<!\d1)[3-9]\d{_GAP}{{0,2}}\d{{4}}{_GAP}{{0,2}}\d{{4}}(?!\d)", re.ASCII)
_GROUPED = re.compile(rf"1(?<!\d1)(?<!\d{_GAP}1)(?:{_GAP}{{0,3}}\d){{10}}(?!{_GAP}?\d)", re.ASCII)
_NUMERALS = "〇零一二三四五六七八九幺"
_SPELT = re.compile(
    rf"[1一幺]{_GAP}{{0,3}}[3-9三四五六七八九](?:{_GAP}{{0,3}}[0-9{_NUMERALS}]){{9}}"
)
#: On text in lower case.
_MAIL = re.compile(r"[\w.+-]{1,64}\s{0,2}@\s{0,2}[\w-]{1,63}\s{0,2}\.\s{0,2}[a-z]{2,}", re.ASCII)
#: Gaps are bounded and taken whole, here and above: a run of spaces costs no more than it is long.
_ACCOUNT = re.compile(
    r"[微薇威维vw加q扣企](?:(?<=[微薇威维v])\s{0,3}信|(?<=v)\s{0,3}x|(?<=w)e(?:\s{0,3}chat|ixin)|(?<=加)\s{0,3}v"
    r"|(?<=q)\s{0,3}q|(?<=扣)\s{0,3}扣|(?<=企)鹅)"
    r"\s{0,3}+(?:号码?|账号|id)?\s{0,3}+[是为]?\s{0,3}+[:：]?\s{0,3}+(?!wechat|weixin)(?:[\w-]{5,20}|\d(?:[\s-]?\d){4,19})",
    re.ASCII,
)
_LINKS = ("u.wechat.com", "weixin://", "wxid_", "qm.qq.com", "wpa.qq.com")
#: Normalising costs more than all searches: only for what is worth it.
_WIDE = re.compile("[０-９Ａ-Ｚａ-ｚ＠．＋－＿／\u3000\xa0]")
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
#: Each of them holds so many characters of ASCII, and few lines of Chinese do; or else the beginning of a
#: number, or a name, in other characters. That is looked for first, since it is much faster.
_FEWEST = 5
_ONE = re.compile(rf"一{_GAP}{{0,3}}[3-9三四五六七八九３-９]")
_NAMED = re.compile(r"信.{0,8}?[０-９Ａ-Ｚａ-ｚ]")


@article(22)
def contacts(text: str) -> list[str]:
    """Mobile telephones, WeChat, QQ and e-mail in a text, as they read; land lines and hot lines are none."""
    text = _plain(text)
    found = []
    if "1" in text:
        found += [one.group() for one in _MOBILE.finditer(text)]
        found += [one.group() for one in _GROUPED.finditer(text) if _is_grouped(one.group())]
    found += [one.group() for one in _SPELT.finditer(text) if not one.group().isascii()]
    if "@" in text:
        found += [one.group() for one in _MAIL.finditer(text)]
    found += [one.group() for one in _ACCOUNT.finditer(text)]
    found += [link for link in _LINKS if link in text]
    return list(dict.fromkeys(found))


@article(22)
def without_contacts(ticket: Ticket, staff_no: str, body: str, path: str = "$.body") -> str:
    """告知其通过北京法网获取相关信息: `body` itself, unless it gives a private contact to a citizen.

    Every refused try is recorded, without what was written; the `CONTACT_TRIES`th one of a lawyer in
    a ticket is reported to the institution and to the operator on duty.
    """
    # Looked for quickly, without a call: this is on the way of every line that a lawyer says.
    if (
        len(body.encode("ascii", "ignore")) >= _FEWEST
        or ("一" in body and _ONE.search(body))
        or ("信" in body and _NAMED.search(body))
        or "１" in body
        or "幺" in body
        or "Ｑ" in body
    ) and contacts(body):
        tries = dict(ticket.contact_tries).get(staff_no, 0) + 1
        raise Refused(
            "invalid",
            "请不要向用户提供私人联系方式；线下委托请使用官方提示。",
            article=22,
            details=[{"path": path, "problem": "a private contact"}],
            events=[ContactRefused(staff_no, tries, tries == CONTACT_TRIES)],
        )
    return body


def _plain(text: str) -> str:
    """`text` in the width and case in which it is searched, without characters that nobody sees."""
    if _WIDE.search(text):
        text = unicodedata.normalize("NFKC", text)
    if not text.isprintable():
        text = _UNSEEN.sub("", text)
    return _ABROAD.sub("", text.lower()) if "86" in text else text.lower()


def _is_grouped(number: str) -> bool:
    """Eleven digits in groups, as a telephone number is written and amounts and lists are not."""
    groups = re.split(rf"{_GAP}+", number)
    gaps = {gap.strip() for gap in re.findall(rf"{_GAP}+", number)}
    if len(gaps) > 1 or "".join(groups)[1] not in "3456789":
        return False
    thousands = len(groups) > 2 and all(len(group) == 3 for group in groups[1:])
    return len(groups) == 11 or (len(groups) <= 4 and not thousands)
