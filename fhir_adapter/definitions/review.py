"""The review of all mappings together: what `fhir-adapter check` shows.

Knows: which reviews there are and what each needs. Does not know: how findings are shown.
A file that does not load is a finding too, so that one slip does not hide the others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

from fhir_adapter.definitions.compile_hospital import compile_hospital
from fhir_adapter.definitions.compile_scale import compile_scale
from fhir_adapter.definitions.compile_terminology import Vocabulary, compile_terminology, compile_vocabulary
from fhir_adapter.definitions.compile_trial import CompiledTrial, compile_trial
from fhir_adapter.definitions.compile_units import compile_units
from fhir_adapter.definitions.file_set import (
    HospitalFiles,
    TerminologyFiles,
    TrialFiles,
    file_names,
    load_hospital_files,
    load_terminology_files,
    load_trial_files,
)
from fhir_adapter.definitions.finding import DefinitionFinding, DefinitionReview, from_error
from fhir_adapter.definitions.folder import HOSPITALS, TERMINOLOGY, TRIALS, Folder, Roots, mapping_roots
from fhir_adapter.definitions.load_scale import available_scales, load_catalogue, load_scale_file
from fhir_adapter.definitions.review_code import review_code_systems, review_concept_map, review_value_sets
from fhir_adapter.definitions.review_crs import review_crs
from fhir_adapter.definitions.review_dosing import review_codings, review_dosing
from fhir_adapter.definitions.review_escalation import review_escalation
from fhir_adapter.definitions.review_rule import review_rules
from fhir_adapter.definitions.review_scale import concepts_of, review_scale
from fhir_adapter.definitions.review_unit import review_units
from fhir_adapter.definitions.review_usage import review_hospital_usage, review_trial_usage, review_value_set_usage
from fhir_adapter.definitions.unit_spelling import (
    compile_unit_spellings,
    load_unit_spellings,
    review_unit_spellings,
)
from fhir_adapter.domain.quantity import UnitRule
from fhir_adapter.domain.toxicity.scale import Scale
from fhir_adapter.errors import DefinitionError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Findings:
    """Collects findings and the folders they are about."""

    found: list[DefinitionFinding] = field(default_factory=list)
    folders: list[Folder] = field(default_factory=list)

    def attempt(self, work: Callable[[], T]) -> T | None:
        """Do something that may refuse a definition; the refusal becomes a finding."""
        try:
            return work()
        except DefinitionError as error:
            self.found.append(from_error(error))
            return None


@dataclass(frozen=True, slots=True)
class _Base:
    """The terminology everything else is reviewed against."""

    files: TerminologyFiles
    unit_rules: dict[str, UnitRule]
    vocabulary: Vocabulary


def review_mappings(
    overlays: Sequence[Path] = (),
    *,
    hospital: str | None = None,
    trial: str | None = None,
    default_mappings: bool = True,
) -> DefinitionReview:
    """Review the mappings: every file, and how they fit together.

    Args:
        overlays: 0..*; folders laid over the adapter's own mappings.
        hospital: 0..1; only this hospital; None = all.
        trial: 0..1; only this trial; None = all. What nothing uses is looked for only among all.
        default_mappings: False leaves the adapter's own mappings out.

    Returns:
        The findings by file and line; empty = nothing to say.

    Raises:
        UsageError: There is no such hospital, trial or folder.
    """
    roots = mapping_roots(overlays, default=default_mappings)
    hospitals = (hospital,) if hospital is not None else roots.available(HOSPITALS)
    trials = (trial,) if trial is not None else roots.available(TRIALS)
    findings = _Findings()
    base = findings.attempt(partial(_base, roots))
    if base is not None:
        findings.folders.append(base.files.folder)
        compiled = _review_trials(findings, roots, base, trials)
        loaded = _review_hospitals(findings, roots, base, hospitals)
        scales = _review_scales(findings, roots, base)
        _review_base(findings, base, loaded)
        rules = [one.trial for one in compiled]
        if trial is None and len(rules) == len(trials):
            findings.found.extend(review_value_set_usage(base.files, compiled, concepts_of(scales)))
            for files in loaded:
                findings.found.extend(review_hospital_usage(files, rules))
    ordered = sorted(findings.found, key=lambda one: (one.file, one.line or 0, one.code, one.message))
    return DefinitionReview(
        findings=tuple(ordered),
        origins=dict(file_names(tuple(findings.folders))),
        hospitals=hospitals,
        trials=trials,
    )


def _base(roots: Roots) -> _Base:
    files = load_terminology_files(roots)
    unit_rules = compile_units(files)
    return _Base(files, unit_rules, compile_vocabulary(files, unit_rules))


def _review_base(findings: _Findings, base: _Base, hospitals: Sequence[HospitalFiles]) -> None:
    mapped = frozenset(group.target for files in hospitals for group in files.concept_map.model.group)
    findings.found.extend(review_value_sets(base.files))
    findings.found.extend(review_code_systems(base.files, mapped))
    findings.found.extend(review_units(base.files, base.unit_rules))
    findings.attempt(partial(_review_spellings, findings, base))


def _review_spellings(findings: _Findings, base: _Base) -> None:
    spellings = load_unit_spellings(base.files.folder)
    compile_unit_spellings(spellings)
    findings.found.extend(review_unit_spellings(spellings, base.unit_rules.values()))


def _review_scales(findings: _Findings, roots: Roots, base: _Base) -> list[Scale]:
    scales: list[Scale] = []
    for name in available_scales(roots):
        found = findings.attempt(partial(_scale, roots, base, name))
        if found is not None:
            scales.append(found[0])
            findings.found.extend(found[1])
    return scales


def _scale(roots: Roots, base: _Base, name: str) -> tuple[Scale, list[DefinitionFinding]]:
    file = load_scale_file(roots.folder(TERMINOLOGY), name)
    scale = compile_scale(file)
    catalogue = load_catalogue(roots, name)
    return scale, list(review_scale(file, scale, catalogue, base.vocabulary, base.unit_rules))


def _review_trials(findings: _Findings, roots: Roots, base: _Base, trials: Sequence[str]) -> list[CompiledTrial]:
    compiled: list[CompiledTrial] = []
    for name in trials:
        pair = findings.attempt(partial(_trial, roots, base, name))
        if pair is None:
            continue
        files, one = pair
        compiled.append(one)
        findings.folders.append(files.folder)
        findings.found.extend(review_rules(files.eligibility, one.trial.criteria, one.places))
        findings.found.extend(review_trial_usage(files, one))
        if files.dosing is not None:
            asked = [each.criterion for each in one.trial.clearance]
            findings.found.extend(review_rules(files.dosing, asked, one.clearance_places))
            findings.found.extend(review_dosing(files, one.trial.regimen))
        findings.found.extend(review_escalation(files, one.trial.escalation))
        if files.safety is not None:
            findings.found.extend(review_crs(files.safety.consensus, base.vocabulary))
        findings.found.extend(review_codings(files, base.files))
    return compiled


def _trial(roots: Roots, base: _Base, name: str) -> tuple[TrialFiles, CompiledTrial]:
    files = load_trial_files(roots, name)
    return files, compile_trial(files, base.vocabulary, base.unit_rules)


def _review_hospitals(
    findings: _Findings, roots: Roots, base: _Base, hospitals: Sequence[str]
) -> list[HospitalFiles]:
    loaded: list[HospitalFiles] = []
    for name in hospitals:
        files = findings.attempt(partial(_hospital, roots, base, name))
        if files is None:
            continue
        loaded.append(files)
        findings.folders.append(files.folder)
        findings.found.extend(review_concept_map(files, base.files, base.vocabulary))
    return loaded


def _hospital(roots: Roots, base: _Base, name: str) -> HospitalFiles:
    files = load_hospital_files(roots, name)
    compile_hospital(files)
    compile_terminology(base.vocabulary, files)
    return files
