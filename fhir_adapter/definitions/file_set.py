"""The files of one run, typed: terminology, one hospital, one trial.

Knows: which files there are and which model reads each. Does not know: what they compile to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from fhir_adapter.definitions.file_care_plan import CarePlanFile
from fhir_adapter.definitions.file_decisions import DecisionsFile
from fhir_adapter.definitions.file_dosing import DosingFile
from fhir_adapter.definitions.file_escalation import EscalationFile
from fhir_adapter.definitions.file_hospital import ConceptMapFile, HospitalFile
from fhir_adapter.definitions.file_rules import EligibilityFile
from fhir_adapter.definitions.file_terminology import CodeSystemsFile, UnitsFile, ValueSetFile
from fhir_adapter.definitions.file_trial import SettingsPart, TrialFile
from fhir_adapter.definitions.folder import HOSPITALS, TERMINOLOGY, TRIALS, Folder, Roots
from fhir_adapter.definitions.kept_files import KeptFiles
from fhir_adapter.definitions.load_safety import SafetyFiles, load_safety_files
from fhir_adapter.definitions.scalar_text import FileModel
from fhir_adapter.definitions.setting_text import Filler, SettingValue
from fhir_adapter.definitions.typed_file import Typed, typed
from fhir_adapter.definitions.yaml_text import Block, Document, load_document, load_documents

M = TypeVar("M", bound=FileModel)

FACTORS_FILE = "unit_factors.json"


@dataclass(frozen=True, slots=True)
class TerminologyFiles:
    """terminology/; one typed file per document of the value sets."""

    folder: Folder
    systems: Typed[CodeSystemsFile]
    value_sets: tuple[Typed[ValueSetFile], ...]
    units: Typed[UnitsFile]


@dataclass(frozen=True, slots=True)
class HospitalFiles:
    """hospitals/<id>/; only a hospital of invented people has decisions written down."""

    folder: Folder
    hospital: Typed[HospitalFile]
    concept_map: Typed[ConceptMapFile]
    decisions: Typed[DecisionsFile] | None = None


@dataclass(frozen=True, slots=True)
class TrialFiles:
    """trials/<id>/ with `values` of its settings filled in; `used` are those that stand anywhere.

    A trial may have no treatment plan (`dosing` is None), a treatment plan nobody writes as a CarePlan, and no
    dose escalation.
    """

    folder: Folder
    trial: Typed[TrialFile]
    eligibility: Typed[EligibilityFile]
    values: Mapping[str, SettingValue]
    used: frozenset[str]
    dosing: Typed[DosingFile] | None = None
    care_plan: Typed[CarePlanFile] | None = None
    escalation: Typed[EscalationFile] | None = None
    safety: SafetyFiles | None = None


def load_terminology_files(roots: Roots) -> TerminologyFiles:
    """Read terminology/.

    Args:
        roots: Where mappings are.

    Returns:
        Its files, typed.

    Raises:
        DefinitionError: A file is missing or wrong.
    """
    folder = roots.folder(TERMINOLOGY)
    value_sets = tuple(
        typed(document, ValueSetFile)
        for name in folder.files("value_sets/*.yaml")
        for document in load_documents(*folder.file(name))
    )
    return TerminologyFiles(
        folder,
        typed(load_document(*folder.file("code_systems.yaml")), CodeSystemsFile),
        value_sets,
        typed(load_document(*folder.file("units.yaml")), UnitsFile),
    )


def load_hospital_files(roots: Roots, hospital: str) -> HospitalFiles:
    """Read hospitals/<id>/.

    Args:
        roots: Where mappings are.
        hospital: Its id.

    Returns:
        Its files, typed.

    Raises:
        DefinitionError: A file is missing or wrong, or names another hospital.
    """
    folder = roots.folder(HOSPITALS, hospital)
    traits = typed(load_document(*folder.file("hospital.yaml")), HospitalFile)
    _check_id(traits, traits.model.id, hospital)
    codes = typed(load_document(*folder.file("concept_map.yaml")), ConceptMapFile)
    scripted = folder.file("decisions.yaml")
    decisions = typed(load_document(*scripted), DecisionsFile) if scripted[0].is_file() else None
    return HospitalFiles(folder, traits, codes, decisions)


def load_trial_files(
    roots: Roots,
    trial: str,
    overrides: Mapping[str, SettingValue] | None = None,
    kept: KeptFiles | None = None,
) -> TrialFiles:
    """Read trials/<id>/ with its settings filled in.

    Args:
        roots: Where mappings are.
        trial: Its id.
        overrides: 0..*; other values of its settings, as the data mutation tries them.
        kept: 0..1; what was read before, for whoever fills the same files again and again.

    Returns:
        Its files, typed.

    Raises:
        DefinitionError: A file is missing or wrong, or names another trial.
    """
    folder, known = roots.folder(TRIALS, trial), kept or KeptFiles()
    heads = known.document(*folder.file("trial.yaml"))
    filler = Filler({**setting_values(heads), **(overrides or {})})
    trial_file = typed(filler.fill(heads), TrialFile)
    eligibility = typed(filler.fill(known.document(*folder.file("eligibility.yaml"))), EligibilityFile)
    dosing = _optional(folder.file("dosing.yaml"), DosingFile, filler, known)
    care_plan = _optional(folder.file("care_plan.yaml"), CarePlanFile, filler, known)
    escalation = _optional(folder.file("escalation.yaml"), EscalationFile, filler, known)
    safety = load_safety_files(roots, folder, filler, known)
    if care_plan is not None and dosing is None:
        raise care_plan.error((), "there is no dosing.yaml beside it", "a care plan is made of what is planned")
    if safety is not None and dosing is None:
        raise safety.safety.error((), "there is no dosing.yaml beside it", "toxicity is followed under treatment")
    _check_id(trial_file, trial_file.model.id, folder.path.name)
    return TrialFiles(
        folder,
        trial_file,
        eligibility,
        filler.values,
        frozenset(filler.used),
        dosing=dosing,
        care_plan=care_plan,
        escalation=escalation,
        safety=safety,
    )


def _optional(file: tuple[Path, str], model: type[M], filler: Filler, kept: KeptFiles) -> Typed[M] | None:
    return typed(filler.fill(kept.document(*file)), model) if file[0].is_file() else None


def setting_values(trial: Document) -> dict[str, SettingValue]:
    """Read the settings alone, so that the rest can be filled before it is typed.

    Args:
        trial: trial.yaml as written.

    Returns:
        Setting id -> its value.

    Raises:
        DefinitionError: A setting is wrong, or listed twice.
    """
    root = trial.root
    rows = (
        {key: entry for key, entry in root.entries.items() if key == "settings"} if isinstance(root, Block) else {}
    )
    part = Document(trial.file, Block(rows, root.line, root.key_lines if isinstance(root, Block) else {}))
    settings = typed(part, SettingsPart)
    values: dict[str, SettingValue] = {}
    for place, row in enumerate(settings.model.settings):
        if row.id in values:
            raise settings.error(("settings", place, "id"), "duplicate setting", "keep one")
        values[row.id] = row.value
    return values


def _check_id(file: Typed[FileModel], written: str, folder: str) -> None:
    if written != folder:
        raise file.error(("id",), f"id is not the folder's name {folder}", "rename one of them")


def file_names(folders: tuple[Folder, ...]) -> Iterator[tuple[str, str]]:
    """Give every file of the folders by its name inside mappings, with the root it came from."""
    for folder in folders:
        for name in folder.files("**/*.yaml"):
            yield f"{folder.name}/{name}", folder.origin
