"""Faults at every call of every port: before its effect, or after it with the answer lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

PARTS = ("facts", "records", "outbox", "runs", "checkpoints")


class CrashError(BaseException):
    """The process died; nothing may catch it."""


class Fuse:
    """Counts the calls of all ports and blows at one of them."""

    def __init__(self, at: int | None = None, *, after: bool = False) -> None:
        self.at = at
        self.after = after
        self.calls = 0
        self.names: list[str] = []

    def call(self, name: str, method: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        number, self.calls = self.calls, self.calls + 1
        self.names.append(name)
        if number == self.at and not self.after:
            raise CrashError(name)
        answer = method(*args, **kwargs)
        if number == self.at:
            raise CrashError(name)
        return answer


class Fused:
    """A port whose every method goes through a fuse."""

    def __init__(self, port: Any, fuse: Fuse) -> None:
        self._port = port
        self._fuse = fuse

    def __getattr__(self, name: str) -> Any:
        part = getattr(self._port, name)
        if name in PARTS:
            return Fused(part, self._fuse)
        if not callable(part):
            return part
        full = f"{type(self._port).__name__}.{name}"
        return lambda *args, **kwargs: self._fuse.call(full, part, *args, **kwargs)
