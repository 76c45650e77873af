"""A proxy that understands enough of PostgreSQL's protocol to cut a connection at an exact moment."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from enum import Enum
from itertools import takewhile


class Cut(Enum):
    """When a connection is cut at its COMMIT."""

    BEFORE_ALL = "before the server has seen anything of it"
    BEFORE_COMMIT = "after the transaction's id has come back, before the server has seen COMMIT"
    AFTER_COMMIT = "after the server has committed, before its answer has come back"
    AFTER_ALL = "after the server has committed, nothing has come back"


class Proxy:
    """
    Hands connections on from a port of loopback to a Unix socket.

    The next COMMIT that it sees is treated as ``cut`` says. Every answer is ``latency_s`` on its way.
    While ``is_black_hole``, nothing is handed on, and no connection is closed.
    """

    def __init__(self, target: str) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._connections: list[tuple[socket.socket, socket.socket]] = []
        self.port = int(self._listener.getsockname()[1])
        self.cut: Cut | None = None
        self.cuts = 0
        self.latency_s = 0.0
        self.on_cut: Callable[[], None] = lambda: None
        self.on_request: Callable[[], None] = lambda: None
        self._clear = threading.Event()
        self._clear.set()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def is_black_hole(self) -> bool:
        """Whether everything that is sent gets lost."""
        return not self._clear.is_set()

    @is_black_hole.setter
    def is_black_hole(self, value: bool) -> None:
        (self._clear.clear if value else self._clear.set)()

    def disconnect(self) -> int:
        """Cut all connections, with what is on its way, and return how many there were."""
        found, self._connections = self._connections, []
        for pair in found:
            _close(*pair)
        return len(found)

    def close(self) -> None:
        """Close the port and all connections."""
        self._listener.close()
        self._clear.set()
        self.disconnect()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._connect, args=(client,), daemon=True).start()

    def _connect(self, client: socket.socket) -> None:
        self._clear.wait()
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        server = socket.socket(socket.AF_UNIX)
        try:
            server.connect(self._target)
        except OSError:
            _close(client, server)
            return
        self._connections.append((client, server))
        link = _Link(self, client, server)
        threading.Thread(target=link.downstream, daemon=True).start()
        link.upstream()

    def wait_until_clear(self) -> None:
        """Return when the network works."""
        self._clear.wait()

    def take_cut(self) -> Cut | None:
        """Return how this COMMIT is to be treated; the next one is an ordinary one again."""
        cut, self.cut = self.cut, None
        if cut is not None:
            self.cuts += 1
        return cut


class _Link:
    """One connection, in both directions."""

    def __init__(self, proxy: Proxy, client: socket.socket, server: socket.socket) -> None:
        self._proxy = proxy
        self._client = client
        self._server = server
        self._cut: Cut | None = None

    def upstream(self) -> None:
        """Hand on what the client says."""
        with suppress(OSError):
            for request in _requests(self._client):
                self._proxy.wait_until_clear()
                # First: the answer must not be faster than the decision about it.
                self._look(request)
                if self._cut is Cut.BEFORE_ALL:
                    self._proxy.on_cut()
                    break
                # The client waits from here on.
                self._proxy.on_request()
                if self._cut is Cut.BEFORE_COMMIT:
                    before = takewhile(lambda message: b"COMMIT" not in message, request)
                    self._server.sendall(b"".join(before))
                    # Downstream cuts when the id has been handed on.
                    return
                self._server.sendall(b"".join(request))
        if self._cut in (None, Cut.BEFORE_ALL):
            _close(self._client, self._server)

    def _look(self, request: list[bytes]) -> None:
        """Notice the COMMIT, or the question for the id, which comes in the same request or in the one before."""
        mark = b"pg_current_xact_id" if self._proxy.cut is Cut.BEFORE_COMMIT else b"COMMIT"
        # What is only prepared has no answer at which to cut.
        is_run = any(message[:1] in (b"E", b"Q") for message in request)
        if self._cut is None and is_run and any(mark in each for each in request if each[:1] in (b"P", b"Q")):
            self._cut = self._proxy.take_cut()

    def downstream(self) -> None:
        """Hand on what the server says."""
        with suppress(OSError):
            for message in _messages(self._server):
                self._proxy.wait_until_clear()
                if message[:1] == b"C":
                    time.sleep(self._proxy.latency_s)
                is_committed = message[:1] == b"C" and message[5:] == b"COMMIT\0"
                if self._cut in (Cut.AFTER_COMMIT, Cut.AFTER_ALL) and is_committed:
                    self._proxy.on_cut()
                    break
                if self._cut is not Cut.AFTER_ALL:
                    self._client.sendall(message)
                if self._cut is Cut.BEFORE_COMMIT and message[:1] == b"C":
                    self._proxy.on_cut()
                    break
        _close(self._client, self._server)


def _requests(client: socket.socket) -> Iterator[list[bytes]]:
    """Yield what a client sends before it waits for an answer: Query, or everything up to Sync."""
    request: list[bytes] = []
    for number, message in enumerate(_messages(client, has_startup=True)):
        request.append(message)
        if number == 0 or message[:1] in (b"Q", b"S", b"X", b"p"):
            yield request
            request = []


def _messages(source: socket.socket, *, has_startup: bool = False) -> Iterator[bytes]:
    """Yield whole messages: a type and a length that counts itself. The client's first has no type."""
    buffer = b""
    prefix = 0 if has_startup else 1
    while True:
        while len(buffer) >= prefix + 4:
            [length] = struct.unpack_from("!i", buffer, prefix)
            if len(buffer) < prefix + length:
                break
            yield buffer[: prefix + length]
            buffer = buffer[prefix + length :]
            prefix = 1
        received = source.recv(65536)
        if not received:
            return
        buffer += received


def _close(*sockets: socket.socket) -> None:
    for each in sockets:
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
        each.close()
