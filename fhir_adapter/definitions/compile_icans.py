"""Section `icans` of astct-2019.yaml -> the domain's rule.

Knows: how bands, grades, answers and signs fit together. Does not know: any number of the table.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Final

from fhir_adapter.definitions.file_icans import (
    ArousalPart,
    BandRow,
    CapdPart,
    IcansPart,
    IcePart,
    SignRow,
    StatedPart,
    TotalRow,
)
from fhir_adapter.definitions.rule_scope import RuleScope, Steps
from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.protocol import LinkType
from fhir_adapter.domain.queries import Window, WindowUnit
from fhir_adapter.domain.safety_model.icans_rule import (
    ArousalRule,
    Band,
    CapdRule,
    IcansRule,
    IceRule,
    RecordedSign,
    SedationRule,
)
from fhir_adapter.domain.safety_model.stated_rule import StatedRule

SCORE: Final = "{score}"


def compile_icans(scope: RuleScope, row: IcansPart, steps: Steps = ("icans",)) -> IcansRule:
    """Compile how ICANS is graded.

    Args:
        scope: The file against the rest of the definitions; learns what it names.
        row: The section, settings filled in.
        steps: Where it stands.

    Returns:
        The rule.

    Raises:
        DefinitionError: Something named does not exist, is named twice, or does not fit.
    """
    scope.rests_on(steps, "Observation", "Condition", "Procedure", "MedicationAdministration", "Medication")
    scope.link_of_type(row.age.delay_link, LinkType.BOOLEAN, (*steps, "age", "delay_link"))
    return IcansRule(
        ice_from=row.age.ice_from,
        delay=scope.concepts(row.age.delay, (*steps, "age", "delay")),
        delay_link=row.age.delay_link,
        ice=_ice(scope, row.ice, (*steps, "ice")),
        capd=_capd(scope, row.capd, (*steps, "capd")),
        arousal=_arousal(scope, row.arousal, (*steps, "arousal")),
        sedation=SedationRule(
            procedures=scope.concepts(row.sedation.procedures, (*steps, "sedation", "procedures")),
            drugs=scope.concepts(row.sedation.drugs, (*steps, "sedation", "drugs")),
            lasts=_hours(scope, row.sedation.lasts, (*steps, "sedation", "lasts")),
        ),
        signs=_signs(scope, row.signs, (*steps, "signs")),
        excluded=scope.concepts(row.excluded, (*steps, "excluded")),
        holds=_hours(scope, row.holds, (*steps, "holds")),
        stated=compile_stated(scope, row.stated, (*steps, "stated")),
    )


def _ice(scope: RuleScope, row: IcePart, steps: Steps) -> IceRule:
    concept, unable = _total(scope, row, steps)
    bands = _bands(scope, row.bands, (*steps, "bands"))
    if bands[-1].at_least > row.lowest:
        raise scope.error((*steps, "bands"), f"no grade for a total of {row.lowest}", "reach down to `lowest`")
    return IceRule(
        concept=concept,
        lowest=row.lowest,
        highest=row.highest,
        bands=bands,
        unarousable_at=row.unarousable_at,
        unable=unable,
        unable_grade=row.unable_grade,
    )


def _capd(scope: RuleScope, row: CapdPart, steps: Steps) -> CapdRule:
    concept, unable = _total(scope, row, steps)
    if not row.lowest <= row.counts_from < row.delirium_from <= row.highest:
        problem = "counts_from and delirium_from do not rise inside the range"
        raise scope.error(
            (*steps, "delirium_from"), problem, "write lowest <= counts_from < delirium_from <= highest"
        )
    lowest, highest = row.below
    if not 0 < lowest <= highest <= row.delirium_grade:
        raise scope.error((*steps, "below"), "not the lowest and the highest grade below delirium", "write [1, 2]")
    if row.baseline.unit is WindowUnit.HOUR:
        raise scope.error((*steps, "baseline"), "a baseline in hours", "write days, for example 7 d")
    return CapdRule(
        concept=concept,
        lowest=row.lowest,
        highest=row.highest,
        counts_from=row.counts_from,
        delirium_from=row.delirium_from,
        delirium_grade=row.delirium_grade,
        below=(lowest, highest),
        unable=unable,
        unable_grade=row.unable_grade,
        baseline=row.baseline,
        awake=row.awake,
    )


def _total(scope: RuleScope, row: TotalRow, steps: Steps) -> tuple[ConceptId, tuple[ConceptId, ...]]:
    if row.lowest >= row.highest:
        raise scope.error((*steps, "highest"), "no range at all", "write a highest total above the lowest")
    return _scored(scope, row.concept, (*steps, "concept")), scope.answers(row.unable, (*steps, "unable"))


def _scored(scope: RuleScope, name: str, steps: Steps) -> ConceptId:
    (concept,) = scope.concepts([name], steps)
    if scope.standard_units((concept,)) != {SCORE}:
        raise scope.error(steps, f"{name} is no score", f"name a value set whose unit rule has {SCORE}")
    return concept


def _bands(scope: RuleScope, rows: Sequence[BandRow], steps: Steps) -> tuple[Band, ...]:
    limits = [row.at_least for row in rows]
    if any(one <= other for one, other in pairwise(limits)):
        raise scope.error(steps, "a row is never reached", "write `at_least` in falling order")
    return tuple(Band(row.at_least, row.grade) for row in rows)


def _arousal(scope: RuleScope, row: ArousalPart, steps: Steps) -> ArousalRule:
    (level,) = scope.concepts([row.level], (*steps, "level"))
    bands = _bands(scope, row.bands, (*steps, "bands"))
    if bands[-1].at_least != row.sedated_to + 1:
        problem = "bands do not begin right above the sedated state"
        raise scope.error((*steps, "bands"), problem, "let the last one begin at sedated_to + 1")
    answers = scope.answers([one.answer for one in row.levels], (*steps, "levels"))
    return ArousalRule(
        scale=_scored(scope, row.scale, (*steps, "scale")),
        sedated_to=row.sedated_to,
        bands=bands,
        level=level,
        levels=dict(zip(answers, (one.grade for one in row.levels), strict=True)),
        asleep_from=row.asleep_from,
        holds=_hours(scope, row.holds, (*steps, "holds")),
    )


def _signs(scope: RuleScope, rows: Sequence[SignRow], steps: Steps) -> tuple[RecordedSign, ...]:
    signs: dict[str, RecordedSign] = {}
    for place, row in enumerate(rows):
        here = (*steps, place)
        worst = row.grade if row.worst is None else row.worst
        if row.id in signs:
            raise scope.error((*here, "id"), "duplicate sign", "keep one")
        if worst < row.grade or (worst > row.grade) != (row.wanted is not None):
            problem = "worst and wanted do not fit the grade"
            raise scope.error(here, problem, "state a higher `worst` with what would tell in `wanted`, or neither")
        if row.minutes is not None and worst == row.grade:
            raise scope.error(
                (*here, "minutes"), "a duration that tells nothing", "state `worst`, or leave it out"
            )
        signs[row.id] = RecordedSign(
            id=row.id,
            driver=row.driver,
            title=row.title,
            concepts=scope.concepts(row.concepts, (*here, "concepts")),
            grade=row.grade,
            worst=worst,
            wanted=row.wanted,
            limit=timedelta(minutes=row.minutes) if row.minutes is not None else None,
            lasting=row.lasting,
            unless=scope.concepts(row.unless, (*here, "unless")),
        )
    return tuple(signs.values())


def compile_stated(scope: RuleScope, row: StatedPart, steps: Steps) -> StatedRule:
    """Compile how the hospital's own statement of a syndrome is recognised.

    Args:
        scope: The consensus against the rest of the definitions; learns what it names.
        row: As written.
        steps: Where it stands.

    Returns:
        The rule.

    Raises:
        DefinitionError: A concept does not exist, or is named twice.
    """
    scope.rests_on(steps, "Condition")
    (concept,) = scope.concepts([row.concept], (*steps, "concept"))
    graded = scope.concepts([one.concept for one in row.grades], (*steps, "grades"))
    return StatedRule(concept=concept, grades=dict(zip(graded, (one.grade for one in row.grades), strict=True)))


def _hours(scope: RuleScope, window: Window, steps: Steps) -> timedelta:
    if window.unit is not WindowUnit.HOUR:
        raise scope.error(steps, "not a time in hours", "write hours, for example 24 h")
    return timedelta(hours=window.amount)
