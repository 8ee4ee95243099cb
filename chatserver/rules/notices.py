"""The words that the service itself says in a talk, and whom to turn to instead."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

from .articles import article
from .events import Noticed

_BEIJING = timezone(timedelta(hours=8))

DISCLAIMER = (
    "风险提示：法律咨询意见仅供参考。因采纳法律咨询意见产生法律纠纷或者造成损失的，"
    "北京法网、驻场机构和驻场人员不承担因此产生的法律责任。"
)
CLOSED = {
    "answered": "本次咨询已结束。您随时可以提出新的咨询。",
    "withdrawn": "您已撤回本次咨询。",
    "expired": "因较长时间没有新的消息，本次咨询已结束。您随时可以提出新的咨询。",
}
RATE_US = "请对本次咨询作出评价：满意或不满意。您的评价有助于改进服务。"
RECONNECTING = "律师的连接中断，正在等待恢复。您的咨询和顺序会保留。"
TRANSFERRED = "律师未能恢复连接，您的咨询已排到队首，正在为您安排其他律师。已有内容全部保留。"
CONTINUED = "{staff_no} 号工作人员已接续您的咨询，您无需重复说明情况。"


def notice(kind: str, body: str, entry: int) -> Noticed:
    """A notice for the journal's row `entry`; the number makes its `id` unique in the ticket."""
    return Noticed(by="system", body=body, id=f"{kind}-{entry}", notice=kind)


@article(18)
def disclaimer(entry: int) -> Noticed:
    """驻场人员解答法律咨询前应当向用户进行风险提示，告知法律咨询意见仅供参考。"""
    return notice("disclaimer", DISCLAIMER, entry)


def idle_warning(closes_at: datetime, entry: int) -> Noticed:
    """Said before a silent talk is closed; `closes_at` is shown in Beijing time."""
    clock = f"{closes_at.astimezone(_BEIJING):%H:%M}"
    return notice("idle_warning", f"如果没有新的消息，本次咨询将于 {clock} 结束。", entry)


#: 31: what stays open to someone whose case is already before a court or an authority.
IN_LITIGATION_HELP: dict[str, Any] = {
    "warning": "上诉、答辩、举证等期限可能很短，请立即向承办机关或您的代理律师确认。",
    "help": [
        {"who": "承办法院、仲裁机构或办案机关", "what": "询问案件进展、期限和材料"},
        {"who": "人民法院诉讼服务热线", "phone": "12368"},
        {"who": "法律援助机构", "phone": "12348", "what": "申请法律援助"},
        {"who": "您的代理律师", "what": "就案件本身获得意见"},
    ],
    "open": ["/laws", "/faqs", "/guides"],
}
#: 35: declining the agreement leaves every other way open.
OTHER_WAYS: tuple[dict[str, str], ...] = (
    {"who": "公共法律服务热线", "phone": "12348", "what": "全天接听"},
    {"who": "各区公共法律服务中心", "what": "工作日现场咨询"},
    {"who": "法律援助机构", "phone": "12348", "what": "符合条件的可以申请法律援助"},
)
