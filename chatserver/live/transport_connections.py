"""Socket.IO connections, the rooms they are in, and the manager that the library asks about them.

The library's own manager copies all rooms of a namespace at each disconnect and creates a task per
recipient; this one keeps two dictionaries, and sends without either.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from socketio import AsyncManager

from chatserver.live.transport_packets import Frame, ack_packet, websocket_frame
from chatserver.live.transport_session import MAX_PACKETS_OUT

if TYPE_CHECKING:
    from chatserver.live.transport_socket import EngineSocket

#: `reply(body)` sends the acknowledgement: the JSON of one object. It must be called once for each
#: event.
Reply = Callable[[bytes], None]


class Handler(Protocol):
    """The house behind the transport. Only `connect` may wait."""

    async def connect(self, connection: Connection, auth: dict[str, Any] | None) -> None:
        """Sets `connection.account`, or raises Refused: the `data` of the connect error."""

    def receive(self, connection: Connection, name: str, payload: bytes, reply: Reply) -> None:
        """One event, in the order of arrival. `payload` is the JSON of its argument, b"null" if it
        had not one. What cannot be read is to be given to `check_strict`, whose Malformed ends the
        connection.

        Until `reply` was called the event counts as pending, whether the client asked for an
        acknowledgement or not; with 64 pending the client is made to wait.
        """

    def disconnect(self, connection: Connection) -> None:
        """The connection is over; called exactly once for each that `connect` let in."""


class Connection:
    """One Socket.IO namespace connection of one client (socket.io protocol 5, "CONNECT")."""

    __slots__ = (
        "__weakref__",
        "_held",
        "accepted",
        "account",
        "namespace",
        "open",
        "prefix",
        "rooms",
        "sid",
        "socket",
    )

    def __init__(self, socket: EngineSocket, sid: str, namespace: str) -> None:
        self.socket = socket
        self.sid = sid
        self.namespace = namespace
        #: Set by the handler; the transport does not look at it.
        self.account: Any = None
        self.rooms: set[str] = set()
        #: False once it is over.
        self.open = True
        #: True once the handler has let it in.
        self.accepted = False
        #: What every packet to it begins with after its type, when it is not the root.
        self.prefix = b"" if namespace == "/" else namespace.encode() + b","
        # What the handler sends before the client knows that it is connected waits here.
        self._held: list[Frame] | None = []

    @property
    def address(self) -> str:
        """The client's address as our proxies tell it."""
        return self.socket.address

    @property
    def language(self) -> str:
        """ "zh" or "en": as CONNECT's `lang` says, else as the browser prefers."""
        return self.socket.language

    @property
    def lag(self) -> float | None:
        """Seconds the last heartbeat took to be answered; None before the first."""
        return self.socket.lag

    def send(self, frame: Frame) -> None:
        """Sends without waiting; nothing when closed. A client that does not read is cut off."""
        if self._held is None:
            if self.open:
                self.socket.push(frame)
            return
        self._held.append(frame)
        if len(self._held) > MAX_PACKETS_OUT:
            self.socket.overflow()

    def release(self) -> None:
        """The client has its CONNECT: what was held goes out."""
        held, self._held = self._held, None
        for frame in held or ():
            self.send(frame)

    def close(self, reconnect: bool = False) -> None:
        """Ends this connection; with `reconnect` so that socket.io-client comes back by itself."""
        if not self.open:
            return
        if reconnect:
            self.socket.end(self.socket.server.reason.SERVER_DISCONNECT, code=1012)
            return
        self.socket.push(Frame(b"41" + self.prefix))
        self.socket.server.sessions.drop(self)


class Answer:
    """The `reply` of one event: counts the event as done, once, and acknowledges it if asked to."""

    __slots__ = ("ack", "connection")

    def __init__(self, connection: Connection, ack: bytes) -> None:
        self.connection: Connection | None = connection
        self.ack = ack

    def __call__(self, body: bytes) -> None:
        connection = self.connection
        if connection is None:
            return
        self.connection = None
        socket = connection.socket
        socket.answered()
        if self.ack and connection.open and not socket.closed:
            message = ack_packet(connection.prefix, self.ack, body)
            if socket.wire is not None:
                socket.write(websocket_frame(message))
            else:
                socket.push(Frame(message))


class Sessions(AsyncManager):
    """The library's client manager, with a look-up that does not grow with the number of rooms."""

    def __init__(self, gone: Callable[[Connection], None]) -> None:
        super().__init__()
        #: Told of each accepted connection that is over.
        self.gone = gone
        self.by_sid: dict[str, Connection] = {}
        self.members: dict[str, set[Connection]] = {}

    # -- what the library asks -----------------------------------------------------------------

    async def pre_connect(self, eio_sid: str, namespace: str) -> str | None:
        """Registers a connection that is not accepted yet; None if there is one."""
        socket = self.server.eio.sockets.get(eio_sid)
        if socket is None or namespace.encode() in socket.connections:
            return None
        connection = Connection(socket, self.server.eio.generate_id(), namespace)
        socket.connections[namespace.encode()] = connection
        self.by_sid[connection.sid] = connection
        return connection.sid

    async def connect(self, sid: str, namespace: str) -> None:
        """The handler let it in and CONNECT was sent."""
        connection = self.by_sid.get(sid)
        if connection is not None:
            self.server.eio.named(connection.socket)
            connection.release()

    def is_connected(self, sid: str | None, namespace: str) -> bool:
        """Whether it was let in and is not over."""
        connection = self.by_sid.get(sid or "")
        return connection is not None and connection.accepted

    def sid_from_eio_sid(self, eio_sid: str, namespace: str) -> str | None:
        """The connection that a client has in a namespace."""
        socket = self.server.eio.sockets.get(eio_sid)
        connection = socket and socket.connections.get(namespace.encode())
        return connection.sid if connection else None

    def pre_disconnect(self, sid: str, namespace: str) -> None:
        """Nothing to prepare: `drop` does all in one step."""

    async def disconnect(self, sid: str, namespace: str, **_: Any) -> None:
        """The client left the namespace, or was refused."""
        connection = self.by_sid.get(sid)
        if connection is not None:
            self.drop(connection)

    # -- what the house asks -------------------------------------------------------------------

    def drop(self, connection: Connection) -> None:
        """Forgets a connection and tells `gone`, once."""
        if self.by_sid.pop(connection.sid, None) is None:
            return
        connection.open = False
        for room in tuple(connection.rooms):
            self.leave(connection, room)
        socket = connection.socket
        socket.connections.pop(connection.namespace.encode(), None)
        if not socket.connections:
            socket.server.unnamed(socket)
        if connection.accepted:
            self.gone(connection)

    def join(self, connection: Connection, room: str) -> None:
        """Puts an open connection into a room."""
        if connection.open:
            connection.rooms.add(room)
            self.members.setdefault(room, set()).add(connection)

    def leave(self, connection: Connection, room: str) -> None:
        """Takes it out again; an empty room is forgotten."""
        connection.rooms.discard(room)
        members = self.members.get(room)
        if members is not None:
            members.discard(connection)
            if not members:
                del self.members[room]

    def publish(self, rooms: Iterable[str], frames: Mapping[str, Frame]) -> None:
        """Sends to everyone in the rooms the frame of their namespace."""
        for room in rooms:
            for connection in tuple(self.members.get(room, ())):
                frame, socket = frames[connection.namespace], connection.socket
                if socket.wire is not None and connection._held is None and connection.open:
                    socket.write(frame.wire)  # nearly always
                else:
                    connection.send(frame)

    def all(self) -> Iterable[Connection]:
        """A copy, safe to send to and to close from."""
        return tuple(self.by_sid.values())
