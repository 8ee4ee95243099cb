"""The private names of the libraries that the transport builds on, and the check for them.

A release of one of the three may move any of these. Their versions are therefore bounded, a process
whose libraries are outside of the bounds does not start, and the bounds move only when the tests of
`tests/live/test_transport_*` pass on the new release.
"""

from __future__ import annotations

import importlib
import re
from importlib.metadata import version

#: The oldest version that passed the tests, and the first that has not been tried.
TESTED = {
    "python-socketio": ("5.18.1", "5.19"),
    "python-engineio": ("4.15.1", "4.16"),
    "aiohttp": ("3.14.4", "3.15"),
}

#: What is overridden or reached into, by module and class.
PRIVATE: dict[str, dict[str, tuple[str, ...]]] = {
    "engineio.async_server": {
        "AsyncServer": (
            "_handle_connect",
            "_make_response",
            "_ok",
            "_upgrades",
            "_get_socket",
            "handle_request",
        ),
    },
    "engineio.async_socket": {
        "AsyncSocket": ("_websocket_handler", "handle_get_request", "poll", "schedule_ping"),
    },
    "engineio.async_drivers.aiohttp": {"WebSocket": ("__call__",)},
    "socketio.async_server": {
        "AsyncServer": (
            "_engineio_server_class",
            "_handle_connect",
            "_handle_disconnect",
            "_handle_eio_connect",
            "_send_packet",
            "_trigger_event",
        ),
    },
    "socketio.async_manager": {
        "AsyncManager": (
            "connect",
            "disconnect",
            "is_connected",
            "pre_connect",
            "pre_disconnect",
            "sid_from_eio_sid",
        ),
    },
    "aiohttp.web_ws": {"WebSocketResponse": ("_post_start", "_reader", "_parser", "_writer")},
    "aiohttp.web_response": {"StreamResponse": ("_eof_sent",)},
    "aiohttp._websocket.reader_c": {
        "WebSocketDataQueue": ("_buffer", "feed_data", "read"),
        "WebSocketReader": ("feed_data",),
    },
    "aiohttp._http_parser": {"HttpRequestParser": ()},
}


class WrongLibrary(RuntimeError):
    """A library is not one that the transport was tested with."""


def check_libraries() -> None:
    """Raises WrongLibrary with one plain sentence."""
    for name, (oldest, untried) in TESTED.items():
        found = version(name)
        if not _numbers(oldest) <= _numbers(found) < _numbers(untried):
            raise WrongLibrary(
                f"{name} is {found}, but the transport is tested from {oldest} to before {untried}."
            )
    for module_name, classes in PRIVATE.items():
        try:
            module = importlib.import_module(module_name)
        except ImportError:
            # aiohttp without its C parts would read frames and requests with other, slower parsers.
            raise WrongLibrary(f"{module_name} is missing, which the transport needs.") from None
        for class_name, names in classes.items():
            held = getattr(module, class_name, None)
            for name in names:
                if not hasattr(held, name):
                    raise WrongLibrary(f"{module_name}.{class_name}.{name} is missing.")


def _numbers(release: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", release)[:3])
