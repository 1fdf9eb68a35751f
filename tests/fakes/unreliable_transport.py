"""A network that loses answers on the way to a real server: the request arrives, its answer does not."""

from __future__ import annotations

import httpx
from typing_extensions import override


class UnreliableTransport(httpx.HTTPTransport):
    """Loses the answers of the next requests by one method.

    Attributes:
        lose: Methods whose next answer is lost, one entry per answer.
        only_after: 0..1; nothing is lost before a request by this method was sent.
        sent: Methods of all requests.
    """

    def __init__(self) -> None:
        super().__init__()
        self.lose: list[str] = []
        self.only_after: str | None = None
        self.sent: list[str] = []

    @override
    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(request.method)
        response = super().handle_request(request)
        begun = self.only_after is None or self.only_after in self.sent
        if begun and request.method in self.lose:
            self.lose.remove(request.method)
            response.read()
            response.close()
            raise httpx.ReadTimeout("scripted", request=request)
        return response
