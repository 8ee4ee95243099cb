"""The words that the service itself says in a talk, and whom to turn to instead."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

from .articles import article
from .events_talk import Doubted, Noticed, Upheld
from .spans import words

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
QUESTION_ASKED = "律师需要您补充情况后才能解答。答复计时已暂停，收到您的回复后继续。"
PASSED_ON = "您的咨询已转由其他工作人员处理，编号不变，已有内容全部保留。"
OFFLINE = (
    "如果您希望在线下委托律师或办理公证等事务，请在本网机构名录中查找，"
    "或拨打 12348、到各区公共法律服务中心了解机构与人员的信息，自行选择。"
    "工作人员不会向您收费，也不会与您私下约定。"
)
DIRECTORY = "机构名录：{url}"
EXPERT_JOINED = "专家组成员已加入，为您直接解答。"
EXPERT_STEPPED_IN = "专家组成员 {staff_no} 号已加入本次咨询，以专家组的名义发言。"
PANEL_REVIEWED = "经专家组复核，此前的解答需要更正。"
CORRECTED = "此前的解答已更正。原因：{reason}"
DOUBTED = "您得到的一条解答正在复核，请先不要据此行动。复核有结果后，会在这里告诉您。"
UPHELD = "您得到的解答已经复核，内容维持不变。"
CALLBACK_OPENED = (
    "很抱歉没有让您满意。我们将在 {day} 前回访，再次为您解答。您可以选择时间和由谁回访。"
)
CALLBACK_MOVED = "放假安排已经公布，回访期限更正为 {day}。"
CALLBACK_BEGUN = "现在回访您的咨询，再次为您解答。"
CALLBACK_TRIED = "我们第 {n} 次回访，没有联系上您，最多试三次。"
CALLBACK_CHOOSE = "您可以在这里选择方便的时间。"
CALLBACK_REPLY = "您可以在这里回复，告诉我们何时方便。"
CALLBACK_UNREACHED = (
    "我们三次回访都没有联系上您，回访到此结束。您如仍需要帮助，可以在这里再次评价：评价为不满意的，转由专家组处理；"
    "也可以重新提出咨询，说明对此前的解答不满意即可。"
)
DELAYED = {
    "answer": "很抱歉，未能在 {span}内为您解答。您的咨询已报专家组，正在尽快处理。",
    "promise": "很抱歉，未能在约定的时间答复您。您的咨询已报专家组，正在尽快处理。",
    "callback": "很抱歉，未能按期回访您。您的咨询已报专家组，正在尽快处理。",
}


def delayed(kind: str, within_s: int) -> str:
    """What the citizen is told when a clock has run out: `answer` (within `within_s`), `promise`, `callback`."""
    return DELAYED[kind].format(span=words(within_s))


CONVERT_OFFERED = (
    "等待时间已较长。您可以继续等待，也可以改为留言：内容、顺序和编号都会保留，无需留在页面上。"
)
REFUSAL = {
    "out_of_scope": "您咨询的事项不属于本网业务范围（第二十八条）。请向有关机关咨询：",
    "in_litigation": (
        "正在诉讼、仲裁或办理中的案件，网上不予解答（第三十一条）。"
        "请向承办机关询问，或拨打 12348 申请法律援助。上诉、答辩、举证等期限可能很短，请立即确认。"
        "与这个案件无关的问题，您仍可以另行提出。"
    ),
    "repeated": "您就同一问题已得到解答，不再重复解答（第二十九条）。有新情况的，请在新的咨询中说明。",
    "unproven": (
        "工作人员认为您就同一问题反复咨询，本次不予解答（第二十九条）。"
        "系统没有找到您此前得到的解答，已请值班人员复核。有新情况的，请在新的咨询中说明。"
    ),
    "abuse": "经核实，本次咨询不属于真实的法律服务需求，在网上不予解答（第二十九条）。",
}
BLOCKED = "在 {day} 前，您的账号暂停提出咨询；已有的咨询和公开信息不受影响。"
NOTICE_ONLY = "这是一次提醒，不影响您提出新的咨询。请只就本人或者亲友的真实需要提出咨询。"
LIMITED = (
    "您的账号每七天最多提出 {n} 次新的咨询。\n这一限制到 {day} 为止；已有的咨询和公开信息不受影响。"
)
APPEAL_UPHELD = "您的申诉成立：{reason}\n您可以就同一问题重新提出咨询。"
APPEAL_DISMISSED = "经复核，维持原处理：{reason}\n您也可以拨打 12348 或到法律援助窗口咨询。"
EARLIER = "此前的咨询：{number}"
EARLIER_ANSWER = "此前的解答："
MAY_APPEAL = "您如有异议，可以申诉，由值班人员复核。"
HOW_TO_APPEAL = "如有异议，请打开被认定的那次咨询，提出申诉，由值班人员复核。"
CONTINUED = "{staff_no} 号工作人员已接续您的咨询，您无需重复说明情况。"


def notice(kind: str, body: str, entry: int) -> Noticed:
    """A notice for the journal's row `entry`; the number makes its `id` unique in the ticket."""
    return Noticed(by="system", body=body, id=f"{kind}-{entry}", notice=kind)


def doubted(about: int, entry: int) -> Doubted:
    """That the answer at `about` is not to be acted on for now (27)."""
    return Doubted(by="system", body=DOUBTED, id=f"doubted-{entry}", about=about)


def upheld(about: int, entry: int) -> Upheld:
    """That it stands."""
    return Upheld(by="system", body=UPHELD, id=f"upheld-{entry}", about=about)


@article(18)
def disclaimer(entry: int) -> Noticed:
    """驻场人员解答法律咨询前应当向用户进行风险提示，告知法律咨询意见仅供参考。"""
    return notice("disclaimer", DISCLAIMER, entry)


def day(due_at: datetime) -> str:
    """A due time in Beijing; midnight is said as the end of the day before it."""
    local = due_at.astimezone(_BEIJING)
    if (local.hour, local.minute) == (0, 0):
        eve = local - timedelta(days=1)
        return f"{eve.month}月{eve.day}日 24:00"
    return f"{local.month}月{local.day}日 {local:%H:%M}"


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
        {"who": "各区公共法律服务中心", "what": "工作日现场咨询"},
        {"who": "您的代理律师", "what": "就案件本身获得意见"},
    ],
    # Pages that are there; laws, questions and guides are named here when they are served.
    "open": ["/", "/institutions", "/agreement-declined"],
}
#: 35: declining the agreement leaves every other way open.
OTHER_WAYS: tuple[dict[str, str], ...] = (
    {"who": "公共法律服务热线", "phone": "12348", "what": "全天接听"},
    {"who": "各区公共法律服务中心", "what": "工作日现场咨询"},
    {"who": "法律援助机构", "phone": "12348", "what": "符合条件的可以申请法律援助"},
)
