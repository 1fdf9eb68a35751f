"""A network between the adapter and the real server: lets people act in between, and loses answers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
from typing_extensions import override

_NOT_PASSED_ON = frozenset({"host", "connection", "content-length", "transfer-encoding", "content-encoding"})


class Network:
    """What happens on the way; change its attributes per test.

    Attributes:
        before: Told (method, path below the base) before a request is passed on.
        lose: Of these (method, resource type) the next answer is lost, after the server did its work.
        sent: Every (method, resource type) that arrived.
    """

    def __init__(self, target: str) -> None:
        self.target = target
        self.before: Callable[[str, str], None] = lambda _method, _path: None
        self.lose: list[tuple[str, str]] = []
        self.sent: list[tuple[str, str]] = []
        self.base = ""

    def passes(self, method: str, path: str, headers: dict[str, str], body: bytes) -> httpx.Response | None:
        """Pass a request on; None where its answer is lost."""
        what = (method, path.strip("/").partition("/")[0].partition("?")[0])
        self.sent.append(what)
        self.before(method, path)
        answer = httpx.request(
            method, self.target + path, headers=headers, content=body, trust_env=False, timeout=60
        )
        if what in self.lose:
            self.lose.remove(what)
            return None
        return answer


@contextmanager
def network_to(target: str) -> Iterator[Network]:
    """Open a way to a server, and close it again."""
    network = Network(target)

    class Handler(BaseHTTPRequestHandler):
        @override
        def log_message(self, *_: object) -> None:
            """Stay silent."""

        def _pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name: value for name, value in self.headers.items() if name.lower() not in _NOT_PASSED_ON}
            answer = network.passes(self.command, self.path, headers, body)
            if answer is None:
                self.close_connection = True
                return
            self.send_response(answer.status_code)
            for name, value in answer.headers.items():
                if name not in _NOT_PASSED_ON:
                    self.send_header(name, value)
            self.send_header("content-length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        do_GET = do_POST = do_PUT = _pass_on  # noqa: N815 - names of the library

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    network.base = f"http://127.0.0.1:{server.server_port}"
    try:
        yield network
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
