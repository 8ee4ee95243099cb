"""A correction under a known id is the same correction, or another payload."""

from __future__ import annotations

from typing import Any

from tests.cast import CHEN, WANG
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
    server.server.casework._shelf.drop([number])
    assert await chen.ok("answer:correct", **put_right) == done
    error = await chen.refused("answer:correct", **(put_right | {"reason": "另一个原因"}))
    assert error["code"] == "id_reused"
