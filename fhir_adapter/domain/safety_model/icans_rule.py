"""How ICANS is graded: instruments by age, bands of scores, levels of consciousness, recorded signs.

Knows: the shape of the rule. Does not know: its numbers and codes, how a subject is graded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.queries import Window
from fhir_adapter.domain.safety_model.stated_rule import StatedRule


class Instrument(StrEnum):
    """The two scores that grade ICANS; which one counts is a matter of age and development."""

    ICE = "ice"
    CAPD = "capd"


class AwakeCapd(StrEnum):
    """What a delirium score below the limit means in a child recorded as fully awake.

    zero: grade 0, for in children only arousal tells grade 1 from 2. attest: a person is asked all the same where
    the score is not above its baseline.
    """

    ZERO = "zero"
    ATTEST = "attest"


@dataclass(frozen=True, slots=True)
class Band:
    """Grade of every score from a number on, up to the next higher band."""

    at_least: int
    grade: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IceRule:
    """The score of those old enough for it.

    Attributes:
        lowest: Smallest total there is.
        highest: Greatest total there is.
        bands: 1..*; falling; the last one holds every total.
        unarousable_at: The total at which only consciousness tells the band's grade from `unable_grade`.
        unable: 1..*; answers that say it could not be done.
        unable_grade: Grade of an unarousable patient who cannot do it.
    """

    concept: ConceptId
    lowest: int
    highest: int
    bands: tuple[Band, ...]
    unarousable_at: int
    unable: tuple[ConceptId, ...]
    unable_grade: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CapdRule:
    """The score of younger children and of those whose development is delayed.

    Attributes:
        counts_from: Smallest total that is a sign at all.
        delirium_from: Smallest total that is delirium.
        delirium_grade: Its grade.
        below: (lowest, highest) grade of a total below it; arousal tells which.
        unable: 1..*; answers that say it could not be done.
        unable_grade: Grade of a child in whom it could not be done.
        baseline: How long before the first infusion its baseline may have been taken.
        awake: What a total below the limit means in a fully awake child.
    """

    concept: ConceptId
    lowest: int
    highest: int
    counts_from: int
    delirium_from: int
    delirium_grade: int
    below: tuple[int, int]
    unable: tuple[ConceptId, ...]
    unable_grade: int
    baseline: Window
    awake: AwakeCapd


@dataclass(frozen=True, slots=True, kw_only=True)
class ArousalRule:
    """How awake a patient is, by a sedation scale or in words.

    Attributes:
        scale: Concept of the agitation and sedation scale.
        sedated_to: Greatest number of the scale that is a sedated state and no grade.
        bands: 1..*; falling; grade of every number above it.
        level: Concept of the level of consciousness in words.
        levels: Answer -> grade; 0 is fully alert.
        asleep_from: Smallest grade of a level that a sedative explains as a sedated state.
        holds: How long a record speaks for what follows it, and for a score beside it.
    """

    scale: ConceptId
    sedated_to: int
    bands: tuple[Band, ...]
    level: ConceptId
    levels: Mapping[ConceptId, int]
    asleep_from: int
    holds: timedelta

    @property
    def unarousable(self) -> int:
        """Grade of somebody who cannot be aroused: the highest level."""
        return max(self.levels.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class SedationRule:
    """What explains a depressed level of consciousness.

    Attributes:
        procedures: 0..*; sedation recorded as a procedure.
        drugs: 0..*; sedatives given.
        lasts: How long either acts on.
    """

    procedures: tuple[ConceptId, ...]
    drugs: tuple[ConceptId, ...]
    lasts: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedSign:
    """A sign of ICANS the hospital records as a problem.

    Attributes:
        id: Name.
        driver: What it drives the grade as: `seizure`, `motor`, `oedema`.
        title: In words, for people.
        grade: Its literal grade.
        worst: The highest grade it can be; above `grade` where the record does not tell.
        wanted: 0..1; what would tell.
        limit: 0..1; up to this recorded duration it is `grade`, beyond it `worst`.
        lasting: True for a state that holds until it is said to have ended; False for an event.
        unless: 0..*; with one of these on record it is not counted.
    """

    id: str
    driver: str
    title: str
    concepts: tuple[ConceptId, ...]
    grade: int
    worst: int
    wanted: str | None = None
    limit: timedelta | None = None
    lasting: bool = True
    unless: tuple[ConceptId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IcansRule:
    """Everything ICANS is graded by.

    Attributes:
        ice_from: Completed years [a] from which ICE counts.
        delay: 0..*; problems that are a delay of development: CAPD at any age.
        delay_link: Attestation link that says whether development is delayed.
        signs: 0..*.
        excluded: 0..*; problems that never count, said where they are recorded.
        holds: How long a score, or a sign that is an event, speaks for what follows it.
        stated: How the hospital's own statement is recognised.
    """

    ice_from: int
    delay: tuple[ConceptId, ...]
    delay_link: str
    ice: IceRule
    capd: CapdRule
    arousal: ArousalRule
    sedation: SedationRule
    signs: tuple[RecordedSign, ...]
    excluded: tuple[ConceptId, ...]
    holds: timedelta
    stated: StatedRule
