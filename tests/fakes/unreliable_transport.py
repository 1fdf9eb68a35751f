"""A network that loses answers on the way to a real server: the request arrives, its answer does not."""

from __future__ import annotations

import httpx
from typing_extensions import override


class UnreliableTransport(httpx.HTTPTransport):
    """Loses the answers of the next requests by one method."""

    def __init__(self) -> None:
        super().__init__()
        self.lose: list[str] = []
        self.sent: list[str] = []

    @override
    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(request.method)
        response = super().handle_request(request)
        if request.method in self.lose:
            self.lose.remove(request.method)
            response.read()
            response.close()
            raise httpx.ReadTimeout("scripted", request=request)
        return response
