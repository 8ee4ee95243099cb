"""What one account may ask of the service at a time: open questions, and writes over HTTP."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from chatserver.config import Config
from chatserver.rules.policy import Policy
from tests.cast import LI, WANG
from tests.clients import QUESTION, Running, running

DRAIN = {"messages_per_second": 1000.0}


async def write(server: Running, token: str) -> tuple[int, dict[str, object]]:
    url, bearer = f"{server.url}/api/v1/socket-tokens", {"Authorization": f"Bearer {token}"}
    async with server.http.post(url, headers=bearer) as answer:
        return answer.status, await answer.json()


async def test_of_questions_asked_at_once_only_so_many_are_opened(config: Config, dsn: str) -> None:
    most = Policy.most_open
    async with running(replace(config, **DRAIN), dsn) as server:
        wang, li = await server.sit(WANG), await server.sit(LI)
        asked = [wang.call("ticket:open", id=f"q-{n}", **QUESTION) for n in range(most + 5)]
        acks = await asyncio.gather(*asked)
        errors = [ack["error"] for ack in acks if not ack["ok"]]
        assert len(errors) == 5 and {error["code"] for error in errors} == {"rate_limited"}
        assert errors[0]["details"]["most"] == most and "撤回" in errors[0]["message"]
        opened = next(ack["ticket"]["number"] for ack in acks if ack["ok"])
        again = await wang.ok("ticket:open", id="q-0", **QUESTION)  # the same id opens nothing new
        assert again["ticket"]["state"] == "queued"
        await wang.ok("ticket:withdraw", number=opened)
        await wang.ok("ticket:open", id="q-more", **QUESTION)
        await li.ok("ticket:open", id="q", **QUESTION)


async def test_who_writes_too_much_over_http_is_told_when_to_go_on(
    config: Config, dsn: str
) -> None:
    async with running(replace(config, messages_per_second=2), dsn) as server:
        wang, li = await server.sit(WANG), await server.sit(LI)
        answers = [await write(server, wang.token) for _ in range(6)]
        refused = [body for status, body in answers if status == 429]
        assert refused and all(body["code"] == "rate_limited" for body in refused)
        assert all(body["details"]["retry_after_s"] >= 1 for body in refused)
        assert (await write(server, li.token))[0] == 201
        bearer = {"Authorization": f"Bearer {wang.token}"}
        async with server.http.get(f"{server.url}/api/v1/me", headers=bearer) as read:
            assert read.status == 200


async def test_nought_is_no_limit_on_writes(server: Running) -> None:
    wang = await server.sit(WANG)
    answers = await asyncio.gather(*(write(server, wang.token) for _ in range(200)))
    assert {status for status, _ in answers} == {201}
