"""The private names of the libraries that the transport builds on, and the check that they are as tested.

A release of one of the three may move any of these. They are therefore pinned, and a process whose libraries
differ does not start: the tests of `tests/live/test_transport_*` must pass on the new release first.

engineio   AsyncServer._handle_connect, ._async, ._ok, ._bad_request, ._service_task, .sockets
           AsyncSocket._websocket_handler, .queue, .poll, .handle_get_request
           async_drivers.aiohttp.WebSocket._sock
socketio   AsyncServer._handle_connect, ._handle_disconnect, ._handle_eio_connect, ._handle_eio_message,
           ._handle_eio_disconnect, ._send_packet, ._trigger_event, ._engineio_server_class, .environ
           AsyncManager.pre_connect, .connect, .pre_disconnect, .disconnect, .is_connected, .sid_from_eio_sid
aiohttp    WebSocketResponse._post_start, ._reader, ._parser, ._writer, ._eof_sent; web.Request._protocol
           _websocket.reader.WebSocketDataQueue and its _buffer, WebSocketReader
"""

from __future__ import annotations

import importlib
from importlib.metadata import version

TESTED = {"python-socketio": "5.18.1", "python-engineio": "4.15.1", "aiohttp": "3.14.5"}


class WrongLibrary(RuntimeError):
    """A library is not the one that the transport was tested with."""


def check_libraries() -> None:
    """Raises WrongLibrary with one plain sentence."""
    for name, tested in TESTED.items():
        found = version(name)
        if found != tested:
            raise WrongLibrary(f"{name} is {found}, but the transport is tested with {tested}.")
    for module in ("aiohttp._http_parser", "aiohttp._websocket.reader_c"):
        try:
            importlib.import_module(module)
        except ImportError:
            raise WrongLibrary(
                f"{module} is missing: aiohttp was built without its C parts, which are the safe parsers."
            ) from None
