"""A list tells each waiting ticket its place, in its own pool and order."""

from __future__ import annotations

from tests.cast import CHEN, WANG
from tests.clients import Running, ask


async def test_a_list_tells_every_place(server: Running) -> None:
    wang, chen = await server.sit(WANG), await server.sit(CHEN)
    written = [await ask(wang, f"w{n}", kind="message") for n in range(6)]
    live = [await ask(wang, f"l{n}", kind="live") for n in range(6)]
    pool = (await chen.ok("pool:list"))["tickets"]
    assert [it["number"] for it in pool] == written
    assert [it["queue"]["position"] for it in pool] == [1, 2, 3, 4, 5, 6]
    places = {
        it["number"]: it["queue"]["position"] for it in (await wang.ok("ticket:list"))["tickets"]
    }
    assert [places[number] for number in written + live] == [1, 2, 3, 4, 5, 6] * 2
