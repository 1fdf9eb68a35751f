"""`observation:` of safety.yaml -> the domain's rule.

Knows: which link it names. Does not know: what the rule decides.
"""

from __future__ import annotations

from fhir_adapter.definitions.file_observation import LaterPart, ObservationPart
from fhir_adapter.definitions.rule_scope import RuleScope, Steps
from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.protocol import LinkType
from fhir_adapter.domain.safety_model.observation_rule import LaterPartRule, ObservationRule


def compile_observation(scope: RuleScope, row: ObservationPart) -> ObservationRule:
    """Compile the rule of observation.

    Args:
        scope: The rest of the definitions; learns which link is used.
        row: As written.

    Returns:
        The domain's rule.

    Raises:
        DefinitionError: The link does not exist, is not of type code, or does not have the escalating part; a
            syndrome is named twice; or a problem to be reviewed does not exist.
    """
    link, later = scope.link_of_type(row.part_link, LinkType.CODE, ("observation", "part_link")), row.later
    _check_part(scope, row, row.escalating, link.values, ("observation", "escalating"))
    for place, syndrome in enumerate(row.syndromes):
        if syndrome in row.syndromes[:place]:
            raise scope.error(("observation", "syndromes", place), f"{syndrome} is named twice", "keep one")
    return ObservationRule(
        window_days=row.window_days,
        grade=row.grade,
        syndromes=tuple(row.syndromes),
        part_link=row.part_link,
        parts=link.values,
        escalating=row.escalating,
        unfinished=row.unfinished,
        unassessed=row.unassessed,
        later=_later(scope, row, later, link.values) if later is not None else None,
        reopening=row.reopening,
        reviewed=_reviewed(scope, row),
        deciders=tuple(row.deciders),
    )


def _reviewed(scope: RuleScope, row: ObservationPart) -> tuple[ConceptId, ...]:
    steps = ("observation", "reviewed")
    if row.reviewed:
        scope.rests_on(steps, "Condition")
    return scope.concepts(row.reviewed, steps)


def _later(scope: RuleScope, row: ObservationPart, later: LaterPart, parts: tuple[str, ...]) -> LaterPartRule:
    _check_part(scope, row, later.part, parts, ("observation", "later", "part"))
    if later.part == row.escalating:
        raise scope.error(("observation", "later", "part"), f"{later.part} is the escalating part", "name another")
    return LaterPartRule(part=later.part, first=later.first, limit=later.limit, share=later.share)


def _check_part(scope: RuleScope, row: ObservationPart, part: str, parts: tuple[str, ...], steps: Steps) -> None:
    if part not in parts:
        raise scope.error(steps, f"{part} is no value of {row.part_link}", "name one it allows")
