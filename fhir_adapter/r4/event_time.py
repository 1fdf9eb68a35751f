"""When something happened, in the several shapes FHIR allows for it.

Knows: dateTime, Period, and the shapes that say less than a date (Age, Range, words). Does not know: which
element it stands in; callers pass its path.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, TypeGuard

from msgspec import Raw

from fhir_adapter.domain.gaps import HAPPENED
from fhir_adapter.domain.moments import Effective
from fhir_adapter.domain.source import Rejection, RejectionReason
from fhir_adapter.r4 import wire
from fhir_adapter.r4.admission import About
from fhir_adapter.r4.context import CodeReading, ReadingContext
from fhir_adapter.r4.datetimes import is_future, read_moment, read_period

_DONE: Final = frozenset({"completed", "in-progress", "stopped", "on-hold"})


@dataclass(frozen=True, slots=True)
class TimeChoice:
    """The `[x]` of one element, as received; `undatable` holds (closed word, element) of the other shapes."""

    moment: str = ""
    period: wire.Period | None = None
    undatable: tuple[tuple[str, Raw | str], ...] = ()

    @property
    def shapes(self) -> tuple[str, ...]:
        """Names of the shapes that are present."""
        present = [word for word, value in self.undatable if _is_present(value)]
        if self.moment:
            present.append("dateTime")
        if self.period is not None:
            present.append("Period")
        return tuple(present)


def read_event_time(
    choice: TimeChoice, path: str, context: ReadingContext, *, may_lie_ahead: bool = False
) -> Effective | Rejection | None:
    """Read when something happened.

    Does not compute a date from an age: that would lend a rough statement a precision it does not have.

    Args:
        choice: As received.
        path: FHIRPath of the element, without the type's name (`Procedure.performed`).
        context: For the hospital's zone and the time of reading.
        may_lie_ahead: True where a plan may be written down (the end of a problem).

    Returns:
        The moment or period; None where nothing is said; a rejection where it cannot be used: several shapes
        at once, an undatable one (UNSUPPORTED_VALUE), a malformed or naive time, one that lies ahead.

    Source:
        http://hl7.org/fhir/R4/datatypes.html#dateTime
    """
    shapes = choice.shapes
    if len(shapes) > 1:
        return Rejection(reason=RejectionReason.INVALID_RESOURCE, path=path, detail="several")
    effective: Effective | Rejection
    if choice.moment:
        effective = read_moment(choice.moment, path, context)
    elif choice.period is not None:
        effective = read_period(choice.period, path, context)
    elif shapes:
        return Rejection(reason=RejectionReason.UNSUPPORTED_VALUE, path=path, detail=shapes[0])
    else:
        return None
    if isinstance(effective, Effective) and not may_lie_ahead and is_future(effective, context):
        return Rejection(reason=RejectionReason.FUTURE_TIME, path=path)
    return effective


def lies_ahead(effective: Effective | Rejection | None) -> TypeGuard[Rejection]:
    """Say whether something was refused because it is dated after the reading."""
    return isinstance(effective, Rejection) and effective.reason is RejectionReason.FUTURE_TIME


def happened_ahead(refusal: Rejection, status: str | None) -> Rejection:
    """Mark what is dated after the reading and yet said to be done: it happened, on a day nobody knows."""
    return replace(refusal, detail=HAPPENED) if status in _DONE else refusal


def about_event(code: CodeReading, effective: Effective | Rejection | None) -> About:
    """Say what is known of something that happened: its concepts and its time."""
    concepts = code.meaning.concepts if code.meaning is not None else ()
    return About(concepts=concepts, effective=None if isinstance(effective, Rejection) else effective)


def _is_present(value: Raw | str) -> bool:
    return bool(value) if isinstance(value, str) else wire.is_present(value)
