"""The demo's canned replies of the house, so that a lawyer finds some on the first day."""

from __future__ import annotations

import secrets

from chatserver.clock import Clock
from chatserver.store import canned
from chatserver.store.database import Database

REPLIES = (
    ("问候", "您好，我是 {staff_no} 号驻场人员，由我为您解答「{category}」方面的问题。"),
    (
        "请补充时间和金额",
        "为了准确解答，请补充：事情发生在什么时候、涉及多少金额、有没有书面材料。",
    ),
    ("请保管证据", "请把合同、转账记录、聊天记录和录音的原件妥善保管，不要删改，以便将来核对。"),
    ("结束前确认", "以上是对咨询 {number} 的解答。如果还有不清楚的地方，请直接在这里告诉我。"),
)


async def demo_replies(database: Database) -> None:
    """Where the house keeps none, these."""
    if await canned.of(database, ""):
        return
    for title, body in REPLIES:
        reply = canned.Reply(secrets.token_hex(16), None, title, body)
        await canned.add(database, reply, Clock().now())
