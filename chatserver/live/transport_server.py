"""The socket.io server: CONNECT and DISCONNECT by the library, events straight to the handler.

socket.io protocol 5, "Packet types". No name is special among events: one called `connect` or
`disconnect` is just an unknown event (F7), since the library's dispatch by name is not used at
all.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any

import socketio
from socketio import packet
from socketio.exceptions import ConnectionRefusedError as LibraryRefusal

from chatserver.live.transport_connections import Answer, Connection, Handler, Sessions
from chatserver.live.transport_engine import Engine
from chatserver.live.transport_logging import QuietLog
from chatserver.live.transport_packets import Malformed, StrictPacket, encode, read_event
from chatserver.live.transport_socket import EngineSocket
from chatserver.rules.articles import Refused

#: CONNECTs that may be refused on one connection before it is closed.
MAX_REFUSALS = 10

ErrorObject = Callable[[Refused, str], Mapping[str, Any]]


def plain_error(refused: Refused, language: str) -> dict[str, Any]:
    """The error object of the contract, section 5, untranslated."""
    error: dict[str, Any] = {"code": refused.code, "message": refused.message}
    if refused.article is not None:
        error["article"] = refused.article
    if refused.details is not None:
        error["details"] = refused.details
    return error


class Server(socketio.AsyncServer):
    """python-socketio's server between the engine and the house's handler."""

    def __init__(
        self,
        handler: Handler,
        namespaces: tuple[str, ...],
        error_object: ErrorObject,
        quiet: QuietLog,
        **engine_options: Any,
    ) -> None:
        self.handler = handler
        self.error_object = error_object
        self.quiet = quiet
        self.sessions = Sessions(self._gone)
        # The library's own lines can hold what clients sent; ours never do.
        silent = logging.getLogger("chatserver.live.library")
        silent.setLevel(logging.CRITICAL + 1)
        super().__init__(
            client_manager=self.sessions,
            serializer=StrictPacket,
            logger=silent,
            engineio_logger=silent,
            namespaces=list(namespaces),
            async_handlers=False,
            quiet=quiet,
            **engine_options,
        )
        self._known = frozenset(namespace.encode() for namespace in namespaces)
        self.eio.sessions = self.sessions
        self.eio.on_event = self._on_event
        self.eio.on_message = self._on_message
        self.eio.on_close = self._on_close

    def _engineio_server_class(self) -> type[Engine]:
        return Engine

    # -- from the engine -----------------------------------------------------------------------

    async def _handle_eio_connect(self, eio_sid: str, environ: EngineSocket) -> None:
        """The library keeps the request's environ here; the socket knows all that is needed."""
        self.environ[eio_sid] = environ

    def _on_event(self, socket: EngineSocket, data: bytes) -> None:
        """An EVENT, from either transport; raises Malformed."""
        namespace, ack, name, payload = read_event(data)
        connection = socket.connections.get(namespace)
        if connection is None or not connection.accepted:
            # On its way while the connection ended is no fault; before any CONNECT it is.
            if namespace not in self._known or not socket.was_named:
                raise Malformed("an event outside a namespace")
            return
        socket.pending += 1
        reply = Answer(connection, ack)
        try:
            self.handler.receive(connection, name, payload, reply)
        except Malformed:
            raise
        except Exception:
            self.quiet.warn("fault", "An event handler failed.", fault=True)
            reply(self._unavailable(socket.language))

    async def _on_message(self, socket: EngineSocket, data: bytes) -> None:
        """Any other socket.io packet; raises Malformed."""
        try:
            pkt = StrictPacket(encoded_packet=data[1:].decode() or "?")
        except UnicodeError:
            raise Malformed("not UTF-8") from None
        namespace = pkt.namespace or "/"
        if pkt.packet_type == packet.CONNECT:
            if socket.refusals >= MAX_REFUSALS:
                raise Malformed("too many refused CONNECTs")
            if namespace.encode() in socket.connections:
                raise Malformed("a second CONNECT")
            await self._handle_connect(socket.sid, namespace, pkt.data)
        elif pkt.packet_type == packet.DISCONNECT:
            await self._handle_disconnect(socket.sid, namespace)
        # An ACK is well-formed but answers nothing: this server asks for none.

    def _on_close(self, socket: EngineSocket) -> None:
        self.environ.pop(socket.sid, None)
        for connection in tuple(socket.connections.values()):
            self.sessions.drop(connection)

    # -- connect and disconnect ----------------------------------------------------------------

    async def _handle_connect(self, eio_sid: str, namespace: str, data: Any) -> None:
        """The library's road, but an unknown namespace gets an error object too."""
        if namespace.encode() in self._known:
            await super()._handle_connect(eio_sid, namespace, data)
            return
        socket = self.environ[eio_sid]
        socket.refusals += 1
        refusal = self._refusal(Refused("not_found"), socket.language)
        await self._send_packet(
            eio_sid,
            self.packet_class(packet.CONNECT_ERROR, refusal.error_args, namespace=namespace),
        )

    async def _trigger_event(self, event: str, namespace: str, *args: Any) -> Any:
        """The library calls this for connects, and for disconnects that clients ask for."""
        if event != "connect":
            return None
        connection = self.sessions.by_sid[args[0]]
        socket = connection.socket
        auth: dict[str, Any] | None = args[2]
        if auth is not None and auth.get("lang") in ("zh", "en"):
            socket.language = auth["lang"]
        try:
            await self.handler.connect(connection, auth)
        except Refused as refused:
            socket.refusals += 1
            raise self._refusal(refused, socket.language) from None
        except asyncio.CancelledError:
            raise
        except Exception:
            self.quiet.warn("fault", "The connect handler failed.", fault=True)
            raise self._refusal(Refused("unavailable"), socket.language) from None
        if not connection.open:
            # The client left while the handler was waiting.
            self._gone(connection)
            return False
        connection.accepted = True
        return True

    def _gone(self, connection: Connection) -> None:
        try:
            self.handler.disconnect(connection)
        except Exception:
            self.quiet.warn("fault", "The disconnect handler failed.", fault=True)

    def _refusal(self, refused: Refused, language: str) -> LibraryRefusal:
        """A connect error whose `data` is the error object (protocol 5, CONNECT_ERROR)."""
        error = dict(self.error_object(refused, language))
        return LibraryRefusal(error.get("message", refused.code), error)

    def _unavailable(self, language: str) -> bytes:
        error = self.error_object(Refused("unavailable"), language)
        return encode({"ok": False, "error": error})
