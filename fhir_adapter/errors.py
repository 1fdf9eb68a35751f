"""Exceptions, grouped by what the caller can do about them.

Knows: the recovery classes of the adapter and their exit codes. Does not know: any FHIR or clinical content.

    AdapterError
    +-- ConfigurationError            stop before any network                            exit 2
    |   +-- DefinitionError           a mapping file is wrong: file, line, path, remedy
    |   +-- UsageError                the command line asks for something impossible
    +-- TransportError                                                                   exit 3
    |   +-- RetryableTransportError   408 429 500 502 503 504, or no connection
    |   +-- FatalTransportError       any other refusal by the server
    |       +-- AuthorizationError    401, 403
    +-- ConflictError                 409, 412: re-plan once, then a person reviews
    +-- DecisionRefusedError          a person's decision breaks a rule                  exit 6
    |   +-- ImpossiblePathError       a dose-escalation path the rule does not lead to
    +-- GuardError                    a lease is held or a guard stopped the run         exit 5
    +-- UnitError                     two quantities cannot be compared                  exit 4
    +-- InvariantError                the adapter contradicts itself                     exit 4

A message is built here from typed fields, never from resource content: it holds no patient data.
"""

from __future__ import annotations

from typing import ClassVar


class AdapterError(Exception):
    """Base of every error the adapter raises on purpose."""

    exit_code: ClassVar[int] = 4


class ConfigurationError(AdapterError):
    """Settings or arguments are unusable; nothing was read or written."""

    exit_code: ClassVar[int] = 2


class UsageError(ConfigurationError):
    """The command line asks for something that cannot be done."""


class DefinitionError(ConfigurationError):
    """A mapping file is wrong."""

    def __init__(self, *, file: str, line: int | None, path: str, problem: str, remedy: str = "") -> None:
        """Build the message `file:line: path: problem (remedy)` from its parts."""
        self.file = file
        self.line = line
        self.path = path
        self.problem = problem
        self.remedy = remedy
        where = f"{file}:{line}" if line is not None else file
        text = f"{where}: {path}: {problem}" if path else f"{where}: {problem}"
        super().__init__(f"{text} ({remedy})" if remedy else text)


class TransportError(AdapterError):
    """The hospital server could not be used."""

    exit_code: ClassVar[int] = 3

    def __init__(self, *, action: str, status: int | None = None, detail: str = "") -> None:
        """Name the action, the HTTP status and a closed detail; never a URL query or a body."""
        self.action = action
        self.status = status
        self.detail = detail
        text = f"{action}: HTTP {status}" if status is not None else f"{action}: no answer"
        super().__init__(f"{text} ({detail})" if detail else text)


class RetryableTransportError(TransportError):
    """The same request may succeed later: 408, 429, 500, 502, 503, 504, or no connection."""

    def __init__(
        self, *, action: str, status: int | None = None, detail: str = "", retry_after: float | None = None
    ) -> None:
        """Keep the server's Retry-After [s] beside the parts of the message."""
        super().__init__(action=action, status=status, detail=detail)
        self.retry_after = retry_after


class FatalTransportError(TransportError):
    """The server refused; repeating the request cannot help."""


class AuthorizationError(FatalTransportError):
    """The server refused our credentials or our scope."""


class ConflictError(AdapterError):
    """Somebody else changed the resource (409, 412); re-plan once, then a person reviews."""

    exit_code: ClassVar[int] = 1

    def __init__(self, *, action: str, status: int) -> None:
        """Name the action and the HTTP status."""
        self.action = action
        self.status = status
        super().__init__(f"{action}: HTTP {status}, the resource was changed by somebody else")


class DecisionRefusedError(AdapterError):
    """A person's decision is not allowed; the message names what is."""

    exit_code: ClassVar[int] = 6


class ImpossiblePathError(DecisionRefusedError):
    """A path of dose levels and outcomes that the escalation rule does not lead to, or that cannot be read."""

    def __init__(self, *, character: int, subject: int, problem: str, allowed: str) -> None:
        """Build the message from the place (both counted from 1), what is wrong there, and what is allowed."""
        self.character = character
        self.subject = subject
        self.problem = problem
        self.allowed = allowed
        super().__init__(
            f"impossible path at character {character} (subject {subject}): {problem}; allowed here: {allowed}"
        )


class GuardError(AdapterError):
    """A lease is held by another run, or a guard stopped this one."""

    exit_code: ClassVar[int] = 5


class UnitError(AdapterError):
    """Two quantities were compared although their units do not convert."""


class InvariantError(AdapterError):
    """The adapter contradicts itself, for example received differs from mapped + rejected + excluded."""
