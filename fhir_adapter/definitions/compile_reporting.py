"""`reporting:` of safety.yaml -> the domain's rule, and the codes its reports are coded with.

Knows: which concepts and terms it names. Does not know: what the rule decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from fhir_adapter.definitions.file_reporting import KindRow, ReportingPart
from fhir_adapter.definitions.rule_scope import RuleScope, Steps
from fhir_adapter.domain.safety_model.reporting_rule import ReportedKind, ReportingRule, ReportRule, SyndromeKind
from fhir_adapter.domain.toxicity.catalogue import Catalogue

_WHERE: Steps = ("reporting",)


def compile_reporting(scope: RuleScope, row: ReportingPart) -> ReportingRule:
    """Compile what hospital reports mean, and what is due to whom.

    Args:
        scope: The rest of the definitions; learns which concepts and FHIR types are used.
        row: As written.

    Returns:
        The domain's rule.

    Raises:
        DefinitionError: A concept does not exist, or a name, report or syndrome is there twice.
    """
    scope.rests_on(_WHERE, "AdverseEvent", "Condition", "Patient")
    names = [each.name for each in row.kinds] + [row.death]
    _check_once(scope, names, (*_WHERE, "kinds"), "name")
    _check_once(scope, row.hematologic, (*_WHERE, "hematologic"), "term")
    _check_once(scope, [each.id for each in row.reports], (*_WHERE, "reports"), "report")
    _check_once(scope, [each.syndrome for each in row.syndromes], (*_WHERE, "syndromes"), "syndrome")
    return ReportingRule(
        system=row.system,
        term_systems=tuple(row.term_systems),
        overlap_days=row.overlap_days,
        look_back_days=row.look_back_days,
        death=row.death,
        kinds=tuple(_kind(scope, each, (*_WHERE, "kinds", place)) for place, each in enumerate(row.kinds)),
        syndromes=tuple(
            SyndromeKind(
                syndrome=each.syndrome,
                concepts=scope.concepts(each.concepts, (*_WHERE, "syndromes", place, "concepts")),
                terms=frozenset(each.terms),
            )
            for place, each in enumerate(row.syndromes)
        ),
        hematologic=frozenset(row.hematologic),
        related=frozenset(row.related),
        fatal=frozenset(row.fatal),
        reports=tuple(
            ReportRule(id=each.id, title=each.title, when=each.when, within=each.within, who=tuple(each.who))
            for each in row.reports
        ),
    )


def event_terms(catalogue: Catalogue, rule: ReportingRule) -> Mapping[tuple[str, str], str]:
    """Give what the codes of adverse events mean: the scale's catalogue, in the systems a trial reads.

    Args:
        catalogue: Every term of the trial's scale.
        rule: Names the systems.

    Returns:
        (system, code) -> name of the term.
    """
    return {(system, term.meddra): term.name for system in rule.term_systems for term in catalogue.terms}


def _kind(scope: RuleScope, row: KindRow, steps: Steps) -> ReportedKind:
    return ReportedKind(
        name=row.name,
        concepts=scope.concepts(row.concepts, (*steps, "concepts")),
        terms=frozenset(row.terms),
        scale=row.scale,
        special=row.special,
        from_problems=row.from_problems,
    )


def _check_once(scope: RuleScope, named: Iterable[str], steps: Steps, what: str) -> None:
    seen: set[str] = set()
    for place, name in enumerate(named):
        if name.casefold() in seen:
            raise scope.error((*steps, place), f"{what} {name} is there twice", "keep one")
        seen.add(name.casefold())
