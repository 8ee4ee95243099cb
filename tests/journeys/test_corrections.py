"""A correction under a known id is the same correction, or another payload."""

from __future__ import annotations

from typing import Any

from chatserver.store.database import Database
from tests.cast import CHEN, LI, WANG
from tests.clients import Running, meet


def correction(number: str, seq: int) -> dict[str, Any]:
    return {"number": number, "seq": seq, "id": "c", "body": "不可以", "reason": "引用有误"}


async def test_a_correction_is_known_by_all_of_its_payload(server: Running) -> None:
    wang, chen = await server.sit(WANG), await server.sit(CHEN)
    number = await meet(wang, chen)
    first = await chen.ok("ticket:answer", number=number, id="a-1", body="可以")
    second = await chen.ok("ticket:answer", number=number, id="a-2", body="应当")
    put_right = correction(number, first["seq"])
    done = await chen.ok("answer:correct", **put_right)
    await chen.ok("ticket:close", number=number)
    assert await chen.ok("answer:correct", **put_right) == done
    for other in ({"seq": second["seq"]}, {"body": "可"}, {"reason": "另一个原因"}):
        error = await chen.refused("answer:correct", **(put_right | other))
        assert error["code"] == "id_reused", other
    talk = (await wang.ok("ticket:sync", number=number, after_seq=0))["messages"]
    assert [it["corrects"] for it in talk if it["corrects"]] == [first["seq"]]


async def test_so_it_is_for_a_process_that_did_not_store_it(server: Running) -> None:
    wang, chen = await server.sit(WANG), await server.sit(CHEN)
    number = await meet(wang, chen)
    first = await chen.ok("ticket:answer", number=number, id="a-1", body="可以")
    put_right = correction(number, first["seq"])
    done = await chen.ok("answer:correct", **put_right)
    server.server.casework.transactions.shelf.drop([number])
    assert await chen.ok("answer:correct", **put_right) == done
    error = await chen.refused("answer:correct", **(put_right | {"reason": "另一个原因"}))
    assert error["code"] == "id_reused"


async def test_that_a_correction_was_seen_is_told_to_both_sides_and_kept_once(
    server: Running, db: Database
) -> None:
    wang, chen, li = [await server.sit(who) for who in (WANG, CHEN, LI)]
    number = await meet(wang, chen)
    first = await chen.ok("ticket:answer", number=number, id="a-1", body="可以")
    done = await chen.ok("answer:correct", **correction(number, first["seq"]))
    await chen.ok("ticket:close", number=number)
    seen = {"number": number, "seq": done["seq"]}
    assert (await li.refused("answer:confirm", **seen))["code"] == "not_found"
    error = await wang.refused("answer:confirm", **(seen | {"seq": first["seq"]}))
    assert (error["code"], error["details"][0]["path"]) == ("invalid", "$.seq")
    for _ in range(2):
        await wang.ok("answer:confirm", **seen)
    for seat in (wang, chen):
        told = await seat.wait("message:update", lambda it: it["seq"] == done["seq"])
        assert told["confirmed_at"] > told["sent_at"] and told["corrects"] == first["seq"]
        talk = (await seat.ok("ticket:sync", number=number, after_seq=0))["messages"]
        assert [it["seq"] for it in talk if "confirmed_at" in it] == [done["seq"]]
    async with db.use() as connection:
        kept = "select count(*) from journal where kind = 'correction_confirmed'"
        assert await connection.fetchval(kept) == 1
