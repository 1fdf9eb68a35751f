"""Every reading of what is not known about a result.

Knows: which unknowns have two possible answers. Does not know: what grade a reading gives.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from typing import Final

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.intervals import is_measurable
from fhir_adapter.domain.logic import Truth
from fhir_adapter.domain.queries import Operator
from fhir_adapter.domain.toxicity.measurement import Measurement
from fhir_adapter.domain.toxicity.operand import Operand, compare, known, limits_of, printed_value_of, value_of
from fhir_adapter.domain.toxicity.reading import Reading, family_of
from fhir_adapter.domain.toxicity.result import Direction, Needed
from fhir_adapter.domain.toxicity.scale import ClinicalInput, Term

_ASKED: Final[Mapping[ClinicalInput, Needed]] = {
    ClinicalInput.SYMPTOMS: Needed.SYMPTOMS,
    ClinicalInput.INTERVENTION: Needed.INTERVENTION,
    ClinicalInput.ANTICOAGULATION: Needed.ANTICOAGULATION,
    ClinicalInput.DURATION: Needed.DURATION,
}


@dataclass(frozen=True, slots=True)
class TwoAnswers:
    """One thing with two possible answers: which need it stands for, and how far apart its two readings lie."""

    needed: Needed
    stride: int


def list_readings(
    term: Term, main: Measurement, results: Mapping[ConceptId, Measurement]
) -> tuple[list[Reading], list[TwoAnswers]]:
    """List every reading of what has two possible answers: the baseline's state, clinical inputs nobody answered.

    Args:
        term: One term of one scale.
        main: The result graded.
        results: Concept of the term -> its result.

    Returns:
        1..* readings, one of each combination of answers, and what has two answers; a reading's place with the
        stride of one of those flipped is the reading that differs in it alone.

    Source:
        clinical review, section 4, PUT-4 (e) and (f).
    """
    lln, uln = limits_of(main.lln, main.uln)
    baseline = _usable_baseline(main)
    limit = _baseline_limit(term, main, lln, uln, known_baseline=baseline is not None)
    value = value_of(main)
    family = family_of(term, main)
    printed = None if family is None else printed_value_of(main, family)
    ignores = baseline is None and _is_normal(term, value, lln, uln)
    statuses = _statuses(term, baseline, limit, ignores=ignores)
    given = _given(main, results)
    open_inputs = [each for each in term.widening if each not in given]
    readings = [
        Reading(
            term=term,
            main=main,
            value=value,
            family=family,
            printed=printed,
            others=results,
            lln=lln,
            uln=uln,
            baseline=baseline,
            baseline_limit=limit,
            abnormal=status,
            ignores_baseline=ignores,
            answers={**given, **dict(zip(open_inputs, answers, strict=True))},
        )
        for status in statuses
        for answers in product((False, True), repeat=len(open_inputs))
    ]
    unknown = list_unanswered(open_inputs)
    if len(statuses) > 1:
        needed = Needed.BASELINE if baseline is None else Needed.BASELINE_RANGE
        unknown.append(TwoAnswers(needed, 2 ** len(open_inputs)))
    return readings, unknown


def list_unanswered(open_inputs: Sequence[ClinicalInput]) -> list[TwoAnswers]:
    """Say how far apart the two readings of each input nobody answered lie, the last input changing fastest."""
    return [
        TwoAnswers(_ASKED.get(each, Needed.CLINICAL), 2**place) for place, each in enumerate(reversed(open_inputs))
    ]


def _usable_baseline(main: Measurement) -> Decimal | None:
    usable = main.baseline is not None and is_measurable(main.baseline) and main.baseline >= 0
    return main.baseline if usable else None


def _baseline_limit(
    term: Term, main: Measurement, lln: Decimal | None, uln: Decimal | None, *, known_baseline: bool
) -> Decimal | None:
    """Give the limit a baseline is abnormal beyond; a baseline that is missing has the value's own range."""
    own = limits_of(main.baseline_lln, main.baseline_uln)
    place = 0 if term.direction is Direction.LOW else 1
    return own[place] if known_baseline or own[place] is not None else (lln, uln)[place]


def _is_normal(term: Term, value: Operand, lln: Decimal | None, uln: Decimal | None) -> bool:
    """Say whether the value certainly lies on the normal side of its own limit (PUT-4 f: then it is grade 0)."""
    if term.direction is Direction.HIGH and uln is not None:
        return compare(value, Operator.LESS_OR_EQUAL, known(uln)).truth is Truth.MET
    if term.direction is Direction.LOW and lln is not None:
        return compare(value, Operator.GREATER_OR_EQUAL, known(lln)).truth is Truth.MET
    return False


def _statuses(
    term: Term, baseline: Decimal | None, limit: Decimal | None, *, ignores: bool
) -> tuple[bool | None, ...]:
    """List what the baseline can have been: abnormal or not."""
    if not term.uses_baseline or term.direction is None:
        return (None,)
    if ignores:
        return (False,)
    if baseline is None or limit is None:
        return (False, True)
    return (baseline < limit if term.direction is Direction.LOW else baseline > limit,)


def _given(main: Measurement, results: Mapping[ConceptId, Measurement]) -> dict[ClinicalInput, bool]:
    """Bring the answers of all results together; two that contradict each other are no answer."""
    given: dict[ClinicalInput, bool] = dict(main.inputs)
    contradicted: set[ClinicalInput] = set()
    for result in results.values():
        for asked, answer in result.inputs.items():
            if given.setdefault(asked, answer) is not answer:
                contradicted.add(asked)
    return {asked: answer for asked, answer in given.items() if asked not in contradicted}
