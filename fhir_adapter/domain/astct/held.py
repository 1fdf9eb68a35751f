"""What each input says of a syndrome's grade, and for how long; and what several of them say together.

Knows: stretches of time, literal and worst grades, doubts. Does not know: any input, any syndrome's table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from fhir_adapter.domain.answers import Cause
from fhir_adapter.domain.astct.windows import State
from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.records import Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What one input says of the grade.

    Attributes:
        grade: 0..1; the literal grade; None where it says none.
        worst: The highest grade it can be.
        causes: 0..*; why it is not certain; at least one where there is no grade, or where it can be higher.
    """

    grade: int | None
    worst: int
    causes: tuple[Cause, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def is_normal(self) -> bool:
        """True where it says grade 0 and nothing else is possible."""
        return self.grade == 0 and self.worst == 0 and not self.causes


def certainly(grade: int, *notes: str) -> Said:
    """Say a grade that nothing in the input leaves open."""
    return Said(grade=grade, worst=grade, notes=notes)


def doubted(said: Said, reason: UnknownReason, wanted: str, note: str) -> Said:
    """Keep the literal grade and leave the rest to whoever brings the fact that is wanted."""
    return replace(said, causes=(*said.causes, Cause(reason=reason, note=note, wanted=wanted)))


def withheld_grade(said: Said, reason: UnknownReason, wanted: str, note: str) -> Said:
    """Say no grade at all, only how high it can be."""
    return replace(doubted(said, reason, wanted, note), grade=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What one input says, from a moment on.

    Attributes:
        driver: The domain it belongs to.
        end: 0..1; None = nothing has ended it.
        assesses: True where it is the assessment the syndrome needs: without one grade 0 is not proposed.
        secondary: True where it is silent while such an assessment holds.
    """

    driver: str
    start: datetime
    end: datetime | None
    said: Said
    evidence: tuple[Evidence, ...] = ()
    assesses: bool = False
    secondary: bool = False

    def covers(self, moment: datetime) -> bool:
        """Say whether it speaks for a moment; its end is no longer part of it."""
        return self.start <= moment and (self.end is None or moment < self.end)


def state_of(held: Sequence[Held], unassessed: Cause) -> State:
    """Say what the inputs that hold at one moment give together: the highest literal grade.

    Args:
        held: 0..*; those that hold, by precedence among equal grades.
        unassessed: What is missing where none of them is the assessment the syndrome needs.

    Returns:
        Grade 0 only where that assessment holds; a grade above 0 whatever else is missing. Ungradable where an
        input that says no grade is all there is beside grade 0. Inputs that cannot change the grade raise no
        doubt.

    Source:
        rules sheet E.3: the highest over the domains; clinical review PUT-8.
    """
    is_assessed = any(each.assesses for each in held)
    speaking = [each for each in held if not (each.secondary and is_assessed)]
    top = max((each.said.grade for each in speaking if each.said.grade is not None), default=0)
    worst = max((each.said.worst for each in speaking), default=0)
    if worst == 0 and not is_assessed:
        causes = tuple(cause for each in speaking for cause in each.said.causes)
        return State(grade=None, worst=0, causes=causes or (unassessed,))
    shown = [each for each in speaking if each.said.worst > 0 or worst == 0]
    notes = [note for each in shown for note in each.said.notes]
    notes += [unassessed.note] if not is_assessed else []
    at_top = [each for each in speaking if each.said.grade == top and top > 0]
    is_blocked = top == 0 < worst and any(each.said.grade is None for each in speaking)
    return State(
        grade=None if is_blocked else top,
        worst=worst,
        driver=min(at_top, key=lambda each: bool(each.said.causes)).driver if at_top else "",
        causes=_doubts(speaking, top),
        notes=tuple(dict.fromkeys(notes)),
        evidence=tuple(cited for each in shown for cited in each.evidence),
    )


def _doubts(held: Sequence[Held], top: int) -> tuple[Cause, ...]:
    """Give the doubts that leave the grade open: of whatever can be higher, else of all that give the grade."""
    higher = [each.said for each in held if each.said.worst > top]
    if higher:
        return tuple(cause for said in higher for cause in said.causes)
    at_top = [each.said for each in held if each.said.grade == top]
    if any(not said.causes for said in at_top):
        return ()
    return tuple(cause for said in at_top for cause in said.causes)
