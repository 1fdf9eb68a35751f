"""Operators that criteria to receive an infusion need besides those of eligibility.

Knows: what each operator means. Does not know: any particular trial, the YAML it was written in, how it is
assessed. They belong to the same closed set as `operators` and may stand wherever those do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.operators import Attested, Node
from fhir_adapter.domain.quantity import UnitRule
from fhir_adapter.domain.queries import FindingQuery, Limit, Window


@dataclass(frozen=True, slots=True, kw_only=True)
class SteroidLoad(Node):
    """Every total of `span` within the `within` before the anchor lies on this side of the limit.

    Real administrations count, each times its factor, over the current weight. An administration exactly
    `within` before counts; two exactly `span` apart are in different totals. Times are compared to the minute.

    An infusion counts in two ways, and the worse one holds: whole at its start (at the window's edge, if it
    began earlier), for that is how a prescribed daily dose is reckoned; and spread evenly over its period, for a
    long infusion and a later dose can lie within one span although their starts do not. Neither alone is never
    too low.

    Attributes:
        factors: Drug -> amount of the reference steroid that equals one unit of it (20/3 for 0.75 mg = 5 mg).
        systemic: Routes that count.
        local: Routes that do not. Any other, an unmapped or an absent one is open.
        within: How far back the totals are looked for [h].
        span: Length of one total [h].
        limit: Reference steroid per kilogram [mg/kg].
        weight: Query of the body weight.
        doses: Unit rule of amounts for the whole patient [mg].
        doses_per_kg: Unit rule of amounts per kilogram [mg/kg].
    """

    factors: Mapping[ConceptId, Fraction]
    systemic: tuple[ConceptId, ...]
    local: tuple[ConceptId, ...]
    within: Window
    span: Window
    limit: Limit
    weight: FindingQuery
    doses: UnitRule
    doses_per_kg: UnitRule


@dataclass(frozen=True, slots=True, kw_only=True)
class UnderWay(Node):
    """A procedure of one of these concepts is going on at the anchor.

    Its period covers the anchor or is open, or it is in progress, or it was noted at a moment less than `within`
    before, exactly that long included. Absence counts only if every procedure was read.

    Attributes:
        concepts: 1..*; any of them.
        within: How long something noted at a moment, without an end, is taken to go on.
        shown_by: 0..*; findings that exist only while it goes on (the mode set on a ventilator): one within the
            same time shows it.
    """

    concepts: tuple[ConceptId, ...]
    within: Window
    shown_by: tuple[ConceptId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OxygenSupply(Node):
    """The latest record of supplemental oxygen lies on this side of the limit. No record is UNKNOWN.

    A flow, a saturation said to be taken on room air, and an inspired concentration of room air are records; a
    higher concentration says that oxygen is given, not how much.

    Attributes:
        flow: Query of the flow.
        saturation: 0..1; query of saturations proven to be on room air; None where that proves nothing, because
            gas flows whatever its oxygen (high flow).
        fraction: Query of the inspired oxygen concentration.
        limit: Of the flow [L/min].
        fraction_limit: 0..1; the concentration must be known and lie on this side too [%].
    """

    flow: FindingQuery
    saturation: FindingQuery | None
    fraction: FindingQuery
    limit: Limit
    fraction_limit: Limit | None = None


class ReactionReading(StrEnum):
    """Which reactions since the first infusion hold a further one, beside unresolved ones.

    current-only: none. current-or-possibly-related: resolved ones too, unless a person called their relation to
    the cells unlikely or absent. ever: resolved ones too, unless a person said that they are not related.
    """

    CURRENT_ONLY = "current-only"
    POSSIBLY_RELATED = "current-or-possibly-related"
    EVER = "ever"


class Resolution(StrEnum):
    """When a reaction is over: with the whole event, or as soon as its grade is below the limit."""

    EVENT = "event"
    BELOW_GRADE = "below-grade"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoReaction(Node):
    """No adverse reaction of `grade` or more since the first cell infusion, by the subject's safety record.

    A syndrome of that grade holds, resolved or not, unless a person judged it lower or not associated. A
    nonhematologic event of that grade, new or worsened, holds while it lasts unless a person called it not
    related. A resolved one holds by `reading`, until it is released. What cannot be graded and may be of that
    grade leaves it UNKNOWN, and so does a missing record: nothing recorded is not nothing happened.

    Attributes:
        grade: Lowest grade that holds, CTCAE and ASTCT alike.
        release: A named person's release of resolved reactions, with a reason and made after they were over;
            releases nothing else.
    """

    grade: int
    reading: ReactionReading
    resolution: Resolution
    release: Attested
