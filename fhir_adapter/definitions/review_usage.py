"""Review of usage: what is defined and never used, and what is used nowhere it could be.

Knows: who names what across files. Does not know: whether it should be used.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from fhir_adapter.definitions.compile_trial import CompiledTrial
from fhir_adapter.definitions.file_set import HospitalFiles, TerminologyFiles, TrialFiles
from fhir_adapter.definitions.file_trial import SettingRow
from fhir_adapter.definitions.finding import DefinitionFinding, Severity, finding
from fhir_adapter.definitions.rule_tree import walk
from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.criterion import Criterion
from fhir_adapter.domain.operators import Attestable, Attested
from fhir_adapter.domain.protocol import Trial

_FLIPS_BY_ITSELF = re.compile(
    r"-?[0-9]+(\.[0-9]+)?|[0-9]+/[0-9]+|[0-9]+(\.[0-9]+)? %|[0-9]+ (h|d|mo)|true|false|[<>]=?"
)
"""Numbers, fractions, shares, windows, truths and operators: the other readings are plain."""


def review_value_set_usage(
    files: TerminologyFiles, trials: Collection[CompiledTrial], graded: Collection[ConceptId] = ()
) -> Iterator[DefinitionFinding]:
    """Find value sets no trial and no scale names; answers that stand for a number are used by reading alone.

    A value set is named, too, by a code of it that a trial's plans are written with.

    Args:
        files: terminology/.
        trials: 1..*; every trial there is.
        graded: 0..*; concepts that a toxicity scale grades.

    Yields:
        `unused-value-set`.
    """
    needed = {concept for each in trials for concept in each.trial.needed} | set(graded)
    written = {code for each in trials for code in each.codes}
    for file in files.value_sets:
        rows = [(include.system, row) for include in file.model.compose.include for row in include.concept]
        scored = all(row.score is not None for _, row in rows)
        named = any((system, row.code) in written for system, row in rows)
        if file.model.id not in needed and not scored and not named:
            message = f"no criterion, anchor, prescreen or plan of any trial names {file.model.id}"
            yield finding("unused-value-set", Severity.WARNING, file, ("id",), message)


def review_trial_usage(files: TrialFiles, compiled: CompiledTrial) -> Iterator[DefinitionFinding]:
    """Find settings, links and statuses that nothing uses.

    Args:
        files: trials/<id>/.
        compiled: The trial.

    Yields:
        `unused-setting`, `documentary-setting-used`, `setting-without-alternative`, `unused-link`,
        `unreachable-status`, `unused-resource-type`.
    """
    for place, row in enumerate(files.trial.model.settings):
        for code, message in _setting(row, used=row.id in files.used):
            yield finding(code, Severity.WARNING, files.trial, ("settings", place), message)
    criteria = {criterion.id for criterion in _criteria(compiled.trial)}
    for place, link in enumerate(files.trial.model.links):
        if link.link_id not in compiled.used_links:
            of_criterion = link.link_id in criteria
            severity = Severity.WARNING if of_criterion else Severity.NOTE
            message = f"no statement rests on an attestation of {link.link_id}"
            yield finding("unused-link", severity, files.trial, ("links", place), message)
    yield from _statuses(files)


def _setting(row: SettingRow, *, used: bool) -> Iterator[tuple[str, str]]:
    if row.documentary and used:
        yield "documentary-setting-used", f"{row.id} is called documentary but changes a rule"
    if not row.documentary and not used:
        yield "unused-setting", f"nothing uses {row.id}"
    plain = isinstance(row.value, str) and _FLIPS_BY_ITSELF.fullmatch(row.value)
    if not (row.documentary or row.alternatives or plain):
        yield "setting-without-alternative", f"{row.id} names no other reading"


def _statuses(files: TrialFiles) -> Iterator[DefinitionFinding]:
    """Find statuses no path from an automatic status reaches."""
    graph = files.trial.model.participation.graph
    reached = set(files.trial.model.participation.automatic)
    waiting = list(reached)
    while waiting:
        following = set(graph.get(waiting.pop(), ())) - reached
        reached |= following
        waiting.extend(following)
    for status in graph:
        if status not in reached:
            steps = ("participation", "graph", status.value)
            yield finding(
                "unreachable-status", Severity.WARNING, files.trial, steps, f"no subject reaches {status}"
            )


def review_hospital_usage(files: HospitalFiles, trials: Sequence[Trial]) -> Iterator[DefinitionFinding]:
    """Find answer texts and roles of a hospital that fit no trial.

    Args:
        files: hospitals/<id>/.
        trials: Every trial there is.

    Yields:
        `unused-text-answer`; as a note `role-without-person`.
    """
    needed = {str(concept) for trial in trials for concept in trial.needed}
    for place, row in enumerate(files.concept_map.model.text_answers):
        answers = {row.answer} if isinstance(row.answer, str) else set(row.answer)
        if (row.concept != "*" and row.concept not in needed) or not answers & needed:
            steps = ("text_answers", place)
            message = f"no criterion asks for this answer of {row.concept}"
            yield finding("unused-text-answer", Severity.WARNING, files.concept_map, steps, message)
    held = {role for person in files.hospital.model.people for role in person.roles}
    for trial in trials:
        for role in sorted(_asked_roles(trial) - held):
            message = f"nobody has the role {role}, which trial {trial.id} asks of an attestation"
            yield finding("role-without-person", Severity.NOTE, files.hospital, ("people",), message)


def _criteria(trial: Trial) -> Iterator[Criterion]:
    yield from trial.criteria
    yield from (each.criterion for each in trial.clearance)


def _asked_roles(trial: Trial) -> set[str]:
    roles: set[str] = set()
    for criterion in _criteria(trial):
        for node in walk(criterion.rule):
            attested = node.by if isinstance(node, Attestable) else node
            if isinstance(attested, Attested):
                roles.update(attested.roles)
    return roles
