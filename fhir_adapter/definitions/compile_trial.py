"""A trial's files -> the domain's trial.

Knows: how criteria, links, anchor and participation refer to each other. Does not know: any particular trial.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from fhir_adapter.definitions.compile_care_plan import compile_care_plan
from fhir_adapter.definitions.compile_criterion import compile_criterion
from fhir_adapter.definitions.compile_dosing import compile_dosing
from fhir_adapter.definitions.compile_escalation import compile_escalation
from fhir_adapter.definitions.compile_safety import compile_safety
from fhir_adapter.definitions.compile_terminology import Vocabulary
from fhir_adapter.definitions.file_rules import CriterionRow
from fhir_adapter.definitions.file_set import TrialFiles
from fhir_adapter.definitions.file_trial import SettingRow
from fhir_adapter.definitions.rule_scope import RuleScope, Steps
from fhir_adapter.definitions.rule_tree import part_ids
from fhir_adapter.definitions.scalar_text import FileModel
from fhir_adapter.definitions.typed_file import Typed
from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.criterion import Criterion
from fhir_adapter.domain.operators import Node
from fhir_adapter.domain.protocol import (
    AnchorRule,
    AttestationLink,
    LinkType,
    ParticipationRule,
    Setting,
    StudyIdentity,
    Trial,
)
from fhir_adapter.domain.quantity import UnitRule
from fhir_adapter.domain.source import TrialId


@dataclass(frozen=True, slots=True)
class CompiledTrial:
    """A trial with what compiling learned; who joins it with the rest digests it.

    Attributes:
        used_links: Links some criterion, the anchor or the treatment plan names.
        rests_on: FHIR types the criteria and the treatment plan rest on.
        places: Every node of every criterion with its path in eligibility.yaml.
        clearance_places: Every node of every clearance criterion with its path in dosing.yaml.
        codes: Every (system, code) the treatment plan or the care plan is written with.
    """

    trial: Trial
    used_links: frozenset[str]
    rests_on: frozenset[str]
    places: tuple[tuple[Steps, Node], ...]
    clearance_places: tuple[tuple[Steps, Node], ...] = ()
    codes: frozenset[tuple[str, str]] = frozenset()


def compile_trial(files: TrialFiles, vocabulary: Vocabulary, unit_rules: Mapping[str, UnitRule]) -> CompiledTrial:
    """Compile a trial.

    Args:
        files: trials/<id>/, settings filled in.
        vocabulary: Concepts there are.
        unit_rules: Unit rules there are.

    Returns:
        The trial and what its criteria use.

    Raises:
        DefinitionError: Something named does not exist, is named twice, or does not fit.
    """
    links = _links(files)
    scope_of = partial(_scope, vocabulary=vocabulary, unit_rules=unit_rules, links=links)
    scopes = _Scopes(
        heads=RuleScope(files.trial, vocabulary, unit_rules, links),
        rules=RuleScope(files.eligibility, vocabulary, unit_rules, links),
        dosing=scope_of(files.dosing),
        care_plan=scope_of(files.care_plan),
        safety=scope_of(files.safety.safety) if files.safety is not None else None,
        consensus=scope_of(files.safety.consensus) if files.safety is not None else None,
    )
    heads = scopes.heads
    criteria = _criteria(scopes.rules, files.eligibility.model.criteria)
    _check_criteria_named(files, criteria)
    row = files.trial.model
    anchor = _anchor(heads, files)
    prescreen = heads.concepts(row.prescreen_concepts, ("prescreen_concepts",))
    heads.any_role(row.also_needed, ("also_needed",))
    treatment = _treatment(scopes, files, frozenset(criterion.id for criterion in criteria))
    trial = Trial(
        id=TrialId(row.id),
        study=StudyIdentity(**row.study.model_dump(exclude={"source"}, mode="json")),
        subject_system=row.subject_system,
        criteria=criteria,
        anchor=anchor,
        participation=_participation(files),
        links=links,
        settings={one.id: _setting(files, one) for one in row.settings},
        questionnaires=tuple(row.questionnaires),
        resource_types=tuple(row.resource_types),
        needed=frozenset[ConceptId]().union(*(scope.needed for scope in scopes.all)),
        prescreen_concepts=prescreen,
        withdrawal_criterion=row.withdrawal_criterion,
        digest="",
        **treatment,
    )
    rests_on = frozenset[str]().union(*(_checked_types(scope, trial) for scope in scopes.all))
    return CompiledTrial(
        trial=trial,
        used_links=frozenset[str]().union(*(scope.used_links for scope in scopes.all)),
        rests_on=rests_on,
        places=tuple(scopes.rules.places),
        clearance_places=tuple(scopes.dosing.places) if scopes.dosing is not None else (),
        codes=frozenset[tuple[str, str]]().union(*(scope.codes for scope in scopes.all)),
    )


@dataclass(frozen=True, slots=True)
class _Scopes:
    """One scope per file of the trial; those of files that are not there are None."""

    heads: RuleScope
    rules: RuleScope
    dosing: RuleScope | None
    care_plan: RuleScope | None
    safety: RuleScope | None
    consensus: RuleScope | None

    @property
    def all(self) -> tuple[RuleScope, ...]:
        """Every scope there is."""
        known = (self.heads, self.rules, self.dosing, self.care_plan, self.safety, self.consensus)
        return tuple(scope for scope in known if scope is not None)


def _scope(
    file: Typed[FileModel] | None,
    *,
    vocabulary: Vocabulary,
    unit_rules: Mapping[str, UnitRule],
    links: Mapping[str, AttestationLink],
) -> RuleScope | None:
    return None if file is None else RuleScope(file, vocabulary, unit_rules, links)


def _treatment(scopes: _Scopes, files: TrialFiles, taken: frozenset[str]) -> dict[str, Any]:
    """Compile the files a trial may leave out; give what they say of the trial."""
    said: dict[str, Any] = {}
    if scopes.dosing is not None and files.dosing is not None:
        dosing = compile_dosing(scopes.dosing, files.dosing.model, taken)
        said |= {"regimen": dosing.regimen, "clearance": dosing.clearance}
    if scopes.care_plan is not None and files.care_plan is not None:
        statuses = [status.value for status in files.trial.model.participation.graph]
        said["care_plan"] = compile_care_plan(scopes.care_plan, files.care_plan.model, statuses)
    if files.escalation is not None:
        said["escalation"] = compile_escalation(files.escalation)
    if files.safety is not None and scopes.safety is not None and scopes.consensus is not None:
        said["safety"] = compile_safety(files.safety, scopes.safety, scopes.consensus)
    return said


def _links(files: TrialFiles) -> dict[str, AttestationLink]:
    links: dict[str, AttestationLink] = {}
    for place, row in enumerate(files.trial.model.links):
        steps = ("links", place)
        if row.link_id in links:
            raise files.trial.error((*steps, "link_id"), "duplicate link", "keep one")
        if (row.type is LinkType.CODE) != bool(row.values):
            raise files.trial.error(steps, "values belong to type code, and only to it", "list the allowed codes")
        links[row.link_id] = AttestationLink(
            link_id=row.link_id,
            type=row.type,
            text=row.text,
            values=tuple(row.values),
            valid_for=row.valid_for,
            source=row.source,
        )
    return links


def _criteria(scope: RuleScope, rows: list[CriterionRow]) -> tuple[Criterion, ...]:
    compiled: dict[str, Criterion] = {}
    for place, row in enumerate(rows):
        steps = ("criteria", place)
        if row.id in compiled:
            raise scope.error((*steps, "id"), "duplicate criterion", "keep one")
        compiled[row.id] = compile_criterion(scope, row, row.kind, steps)
    return tuple(compiled.values())


def _check_criteria_named(files: TrialFiles, criteria: tuple[Criterion, ...]) -> None:
    ids = {criterion.id for criterion in criteria}
    parts = {part for criterion in criteria for part in part_ids(criterion.rule)}
    row = files.trial.model
    named = (
        (("withdrawal_criterion",), row.withdrawal_criterion, ids, "criterion"),
        (("participation", "consent_criterion"), row.participation.consent_criterion, ids, "criterion"),
        *(
            (("participation", "prescreen_parts", place), part, parts, "part")
            for place, part in enumerate(row.participation.prescreen_parts)
        ),
    )
    for steps, name, known, kind in named:
        if name not in known:
            raise files.trial.error(steps, f"no {kind} {name} in eligibility.yaml", "correct one of them")


def _anchor(scope: RuleScope, files: TrialFiles) -> AnchorRule:
    row = files.trial.model.anchor
    scope.link_of_type(row.plan_link, LinkType.DATE, ("anchor", "plan_link"))
    return AnchorRule(
        first_drugs=scope.concepts(row.first_drugs, ("anchor", "first_drugs")),
        plan_link=row.plan_link,
        offset_days=row.offset_days,
        search_days_before=row.search_days_before,
    )


def _participation(files: TrialFiles) -> ParticipationRule:
    row = files.trial.model.participation
    graph = {status.value: tuple(one.value for one in following) for status, following in row.graph.items()}
    for status, following in graph.items():
        for place, one in enumerate(following):
            if one not in graph:
                where = ("participation", "graph", status, place)
                raise files.trial.error(where, f"{one} is no status of the graph", "add it as a key")
    for place, status in enumerate(row.automatic):
        if status.value not in graph:
            steps = ("participation", "automatic", place)
            raise files.trial.error(steps, f"{status} is no status of the graph", "add it as a key")
    return ParticipationRule(
        graph=graph,
        automatic=tuple(status.value for status in row.automatic),
        prescreen_parts=tuple(row.prescreen_parts),
        consent_criterion=row.consent_criterion,
        consent_due_ages=tuple(row.consent_due_ages),
        consent_grace_days=row.consent_grace_days,
    )


def _setting(files: TrialFiles, row: SettingRow) -> Setting:
    value = files.values.get(row.id, row.value)
    return Setting(
        id=row.id,
        value=value if isinstance(value, str) else ", ".join(value),
        note=row.note,
        source=row.source,
        ambiguity=row.ambiguity,
        alternatives=tuple(one if isinstance(one, str) else ", ".join(one) for one in row.alternatives),
    )


def _checked_types(scope: RuleScope, trial: Trial) -> frozenset[str]:
    rests_on = dict(scope.resource_types)
    for name, steps in rests_on.items():
        if name not in trial.resource_types:
            raise scope.error(steps, f"rests on {name}, which the trial does not read", "add it to resource_types")
    return frozenset(rests_on)
