"""Paths of a dose escalation as text: `1NNN 2NNT` is three subjects at level 1, then three at level 2.

Knows: the notation (level, then N or T per evaluable subject in order; T had a dose-limiting toxicity) and which
paths the rule leads to. Does not know: who the subjects are.
A blank stands between two groups and nowhere else; how a level's subjects are grouped has no meaning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from fhir_adapter.domain.escalation.course import advance, first_state, treats
from fhir_adapter.domain.escalation.decide_next import NextAction, decide_next
from fhir_adapter.domain.escalation.rule import EscalationAction, EscalationRule
from fhir_adapter.domain.escalation.state import CohortState
from fhir_adapter.errors import ImpossiblePathError

DLT: Final = "T"
NO_DLT: Final = "N"

_GROUP = re.compile(r"\S+")
_LEVEL = re.compile(r"[0-9]+")
_OUTCOMES = "N (no dose-limiting toxicity) or T (one), in capital letters"


@dataclass(frozen=True, slots=True)
class PathSubject:
    """One evaluable subject of a path.

    Attributes:
        level: Where the subject was treated.
        dlt: Whether there was a dose-limiting toxicity.
        character: Place of its letter in the text, from 1.
        group: Place of its group's level in the text, from 1.
        number: Place among all subjects, from 1.
    """

    level: int
    dlt: bool
    character: int
    group: int
    number: int

    @property
    def opens_group(self) -> bool:
        """True for the first subject after a level."""
        return self.character == self.group + len(str(self.level))


@dataclass(frozen=True, slots=True, kw_only=True)
class PathOutcome:
    """What a path leads to.

    Attributes:
        path: The path, one blank between groups.
        state: Counts after it.
        next: What the rule says then.
    """

    path: str
    state: CohortState
    next: NextAction

    @property
    def mtd(self) -> int | None:
        """The maximum tolerated dose; None where none is declared."""
        return self.next.level if self.next.action is EscalationAction.DECLARE_MTD else None

    def treated(self, rule: EscalationRule) -> Mapping[int, int]:
        """Count evaluable subjects per level, every level of the rule."""
        return {level: self.state.at(level).evaluable for level in rule.levels}

    def dlts(self, rule: EscalationRule) -> Mapping[int, int]:
        """Count dose-limiting toxicities per level, every level of the rule."""
        return {level: self.state.at(level).dlts for level in rule.levels}


def replay_path(rule: EscalationRule, text: str) -> PathOutcome:
    """Follow a path subject by subject.

    Args:
        rule: The trial's rule.
        text: The path; empty = before the first subject.

    Returns:
        What the rule says after it.

    Raises:
        ImpossiblePathError: It cannot be read, or the rule does not lead there; the first such place is named.
    """
    state = first_state(rule)
    proposal = decide_next(rule, state)
    told: list[str] = []
    for subject in read_path(rule, text):
        if not treats(proposal) or proposal.level != subject.level:
            error: ImpossiblePathError = _impossible(subject, proposal, told)
            raise error
        if subject.opens_group:
            told.append(str(subject.level))
        told[-1] += DLT if subject.dlt else NO_DLT
        state = advance(state, proposal, dlt=subject.dlt)
        proposal = decide_next(rule, state)
    return PathOutcome(path=" ".join(told), state=state, next=proposal)


def read_path(rule: EscalationRule, text: str) -> Iterator[PathSubject]:
    """Read a path from left to right.

    Args:
        rule: Which levels there are.
        text: The path.

    Yields:
        Its subjects, in order.

    Raises:
        ImpossiblePathError: A group is not a level followed by N or T; raised when the reader gets there.
    """
    number = 0
    for group in _GROUP.finditer(text):
        level = _level(rule, group[0], group.start() + 1, number + 1)
        digits = len(str(level))
        if len(group[0]) == digits:
            empty = f"level {level} without a subject"
            error: ImpossiblePathError = _unreadable(group.end() + 1, number + 1, empty, _OUTCOMES)
            raise error
        for place, letter in enumerate(group[0][digits:], start=group.start() + digits + 1):
            number += 1
            if letter not in {DLT, NO_DLT}:
                error = _wrong_letter(letter, place, number)
                raise error
            yield PathSubject(level, letter == DLT, place, group.start() + 1, number)


def _level(rule: EscalationRule, group: str, place: int, number: int) -> int:
    written = _LEVEL.match(group)
    names = {str(level): level for level in rule.levels}
    known = f"a level ({', '.join(names)}), then {_OUTCOMES}"
    if written is None:
        raise _unreadable(place, number, "a group that does not start with a level", known)
    if written[0] not in names:
        raise _unreadable(place, number, f"there is no level {written[0][:9]}", known)
    return names[written[0]]


def _wrong_letter(letter: str, place: int, number: int) -> ImpossiblePathError:
    if letter.isdigit():
        return _unreadable(place, number, "a level inside a group", f"{_OUTCOMES}, or a blank before a level")
    return _unreadable(place, number, "a letter that says no outcome", _OUTCOMES)


def _unreadable(character: int, subject: int, problem: str, allowed: str) -> ImpossiblePathError:
    return ImpossiblePathError(character=character, subject=subject, problem=problem, allowed=allowed)


def _impossible(subject: PathSubject, proposal: NextAction, told: list[str]) -> ImpossiblePathError:
    """Name the level where it is wrong for a whole group, else the subject's letter."""
    after = f"after {' '.join(told)}" if told else "before the first subject"
    says = str(proposal.action) if proposal.level is None else f"{proposal.action} (level {proposal.level})"
    return ImpossiblePathError(
        character=subject.group if subject.opens_group else subject.character,
        subject=subject.number,
        problem=f"nobody can be treated at level {subject.level} {after}, where the rule says {says}",
        allowed=f"a subject at level {proposal.level}" if treats(proposal) else "nothing, the path ends here",
    )
