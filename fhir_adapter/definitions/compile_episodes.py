"""`episodes:` of safety.yaml -> the domain's rule.

Knows: which terms, concepts and units the section may name. Does not know: what the rule decides.
"""

from __future__ import annotations

from collections.abc import Sequence

from fhir_adapter.definitions.file_episodes import (
    ActionRow,
    CombinationRow,
    CorrectionRow,
    EpisodesPart,
    InputRow,
    RecoveryRow,
)
from fhir_adapter.definitions.rule_scope import RuleScope, Steps
from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.completeness import MEDICATION_ADMINISTRATION
from fhir_adapter.domain.safety_model.episode_rule import (
    ActionRule,
    CombinationRule,
    CorrectionRule,
    EpisodeRule,
    ExpectedRule,
    InputRule,
    RecoveryRule,
)
from fhir_adapter.domain.toxicity.scale import Scale, Term

SECTION = "episodes"


def compile_episodes(scope: RuleScope, row: EpisodesPart, scale: Scale) -> EpisodeRule:
    """Compile how graded results become adverse events.

    Args:
        scope: safety.yaml against the rest of the definitions; learns what the section names, and every concept
            the scale grades.
        row: As written, settings filled in.
        scale: The scale the trial grades by.

    Returns:
        The domain's rule.

    Raises:
        DefinitionError: A term, concept or unit does not exist, is named twice, or does not fit.
    """
    scope.rests_on((SECTION,), "Observation", MEDICATION_ADMINISTRATION, "Procedure")
    graded = sorted({concept for term in scale.terms for concept in (*term.concepts, *term.bounded_by)})
    scope.concepts(graded, (SECTION,))
    names = _Names(scope, scale)
    return EpisodeRule(
        baseline_days=row.baseline_days,
        resolution=row.resolution,
        gap_days=row.gap_days,
        dose_days=row.dose_days,
        action_hours=row.action_hours,
        recoveries=tuple(
            _recovery(names, each, (SECTION, "recoveries", n)) for n, each in enumerate(row.recoveries)
        ),
        expected=tuple(
            ExpectedRule(
                terms=names.terms(each.terms, (SECTION, "expected", n, "terms")),
                text=each.text,
                last_day=each.last_day,
            )
            for n, each in enumerate(row.expected)
        ),
        actions=tuple(_action(names, each, (SECTION, "actions", n)) for n, each in enumerate(row.actions)),
        inputs=tuple(_input(names, each, (SECTION, "inputs", n)) for n, each in enumerate(row.inputs)),
        corrections=tuple(
            _correction(names, each, (SECTION, "corrections", n)) for n, each in enumerate(row.corrections)
        ),
        combinations=tuple(
            _combination(names, each, (SECTION, "combinations", n)) for n, each in enumerate(row.combinations)
        ),
    )


class _Names:
    """Looks up what the section names."""

    def __init__(self, scope: RuleScope, scale: Scale) -> None:
        self.scope = scope
        self.scale = scale

    def term(self, name: str, steps: Steps) -> Term:
        """Look up a term; written as the scale's owner writes it, so that it is found again in the results."""
        term = self.scale.term(name)
        if term is None or term.name != name:
            raise self.scope.error(steps, f"{name} is no term of {self.scale.title}", "write its name as there")
        return term

    def terms(self, names: Sequence[str], steps: Steps) -> frozenset[str]:
        """Look up terms, each once."""
        for place, name in enumerate(names):
            self.term(name, (*steps, place))
            if name in names[:place]:
                raise self.scope.error((*steps, place), f"{name} is named twice", "keep one")
        return frozenset(names)

    def concepts(self, names: Sequence[str], steps: Steps) -> tuple[ConceptId, ...]:
        """Look up concepts."""
        return self.scope.concepts(names, steps)

    def concept(self, name: str, steps: Steps) -> ConceptId:
        """Look up one concept."""
        return self.scope.concepts([name], steps)[0]


def _recovery(names: _Names, row: RecoveryRow, steps: Steps) -> RecoveryRule:
    term = names.term(row.term, (*steps, "term"))
    if names.scope.standard_units(term.concepts) != {row.unit}:
        raise names.scope.error((*steps, "unit"), f"{row.term} is not measured in {row.unit}", "write its unit")
    return RecoveryRule(
        term=row.term,
        title=row.title,
        limit=row.limit,
        unit=row.unit,
        days=row.days,
        every_day=row.every_day,
        without=names.concepts(row.without, (*steps, "without")),
    )


def _action(names: _Names, row: ActionRow, steps: Steps) -> ActionRule:
    return ActionRule(
        title=row.title,
        role=row.role,
        concepts=names.concepts(row.concepts, (*steps, "concepts")),
        terms=names.terms(row.terms, (*steps, "terms")),
    )


def _input(names: _Names, row: InputRow, steps: Steps) -> InputRule:
    terms = names.terms(row.terms, (*steps, "terms"))
    for place, name in enumerate(row.terms):
        term = names.term(name, (*steps, "terms", place))
        if row.input not in {each.input for each in term.raised} and row.input not in term.widening:
            problem = f"{name} does not ask for {row.input}"
            raise names.scope.error((*steps, "terms", place), problem, "name an input its grades ask for")
    return InputRule(
        input=row.input,
        concepts=names.concepts(row.concepts, (*steps, "concepts")),
        terms=terms,
        hours=row.hours,
    )


def _correction(names: _Names, row: CorrectionRow, steps: Steps) -> CorrectionRule:
    (graded_as,) = names.concepts([row.graded_as], (*steps, "graded_as"))
    if not names.scale.terms_of(graded_as):
        raise names.scope.error((*steps, "graded_as"), f"no term grades {graded_as}", "name one that is graded")
    if row.lowest >= row.highest:
        raise names.scope.error((*steps, "highest"), "no more than the lowest", "write the most that is believed")
    return CorrectionRule(
        concepts=names.concepts(row.concepts, (*steps, "concepts")),
        graded_as=graded_as,
        albumin=names.concepts(row.albumin, (*steps, "albumin")),
        hours=row.hours,
        lowest=row.lowest,
        highest=row.highest,
    )


def _combination(names: _Names, row: CombinationRow, steps: Steps) -> CombinationRule:
    term = names.term(row.term, (*steps, "term"))
    if not term.combined or {row.leading, row.beside} != set(term.concepts):
        problem = f"{row.term} does not combine {row.leading} and {row.beside}"
        raise names.scope.error(steps, problem, "name a term that needs both, and exactly its concepts")
    return CombinationRule(
        term=row.term,
        leading=names.concept(row.leading, (*steps, "leading")),
        beside=names.concept(row.beside, (*steps, "beside")),
        hours=row.hours,
        lasting_from=row.lasting_from,
        lasting_minutes=row.lasting_minutes,
    )
