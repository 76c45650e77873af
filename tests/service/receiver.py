"""A receiver of webhooks: a real HTTPS server on the loopback interface, with a certificate of its own."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue

# A certificate for 127.0.0.1 that signs itself, and its key, which protects nothing. Made by
#   openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 36500 -subj /CN=127.0.0.1
#     -addext subjectAltName=IP:127.0.0.1 -addext keyUsage=critical,digitalSignature,keyCertSign
CERTIFICATE = Path(__file__).with_name("loopback.pem")


@dataclass(frozen=True)
class Call:
    """What a receiver was sent."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def message_id(self) -> int:
        """The number of the delivery."""
        return int(self.headers["webhook-id"])

    @property
    def user_id(self) -> str:
        """Whom the event is about."""
        return str(json.loads(self.body)["data"]["user_id"])


class Receiver(ThreadingHTTPServer):
    """
    Takes calls and keeps them in ``calls``, in the order of their arrival.

    It answers with the next of ``answers``, or 204 where there is none, as soon as ``is_open`` is set.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
        self.socket = context.wrap_socket(self.socket, server_side=True)
        self.calls: Queue[Call] = Queue()
        self.answers: Queue[int] = Queue()
        self.is_open = threading.Event()
        self.is_open.set()

    def url(self, path: str = "/hook") -> str:
        """The address to register."""
        return f"https://127.0.0.1:{self.server_address[1]}{path}"

    def next_call(self) -> Call:
        """Wait for the next call."""
        return self.calls.get(timeout=20)

    def handle_error(self, request: object, client_address: object) -> None:
        """A worker that is killed hangs up in the middle: that is what the tests are about."""


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.calls.put(Call(self.path, headers, body))
        self.server.is_open.wait(20)
        status = 204 if self.server.answers.empty() else self.server.answers.get()
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def serve() -> Iterator[Receiver]:
    """Run a receiver for a block."""
    with Receiver() as receiver:
        thread = threading.Thread(target=receiver.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield receiver
        finally:
            receiver.is_open.set()
            receiver.shutdown()
            thread.join()
