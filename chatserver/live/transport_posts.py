"""What a client that polls sends: one POST at a time, read whole here (F1), and never answered 200 untaken."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from aiohttp import web

from chatserver.live.transport_packets import Malformed
from chatserver.live.transport_requests import TEXT, over, refuse
from chatserver.live.transport_socket import EngineSocket

#: Seconds for the body to arrive.
BODY_WITHIN = 10.0


async def take_post(
    request: web.Request, sockets: Mapping[str | None, EngineSocket], largest: int
) -> web.Response:
    """The answer to a POST, once its packets were taken or refused."""
    if request.content_length is None:
        return refuse(411, "a length is needed")  # F3
    if request.content_length > largest:
        return over("too_large", request, limit=largest)  # F2
    socket = sockets.get(request.query.get("sid"))
    if socket is None or socket.closed or socket.upgraded or not socket.connected:
        return refuse(400, "no such session")
    if socket.posting:
        # As the protocol has it; so nobody makes us hold many bodies for one session.
        socket.reject("two POSTs at a time")
        return refuse(400, "one POST at a time")
    socket.posting = True
    try:
        if "Content-Encoding" in request.headers:
            raise Malformed("a compressed body")
        async with asyncio.timeout(BODY_WITHIN):
            body = await request.content.readexactly(request.content_length)
        await socket.receive_body(body)
    except Malformed as error:
        socket.reject(str(error))
        return refuse(400, "not engine.io")
    except (asyncio.IncompleteReadError, TimeoutError, ConnectionError):
        socket.reject("a body that did not arrive")
        return refuse(400, "the body did not arrive")
    finally:
        socket.posting = False
    return web.Response(text="ok", headers=TEXT)
