"""Everything a run needs to know from the mappings: one hospital and one trial, compiled.

Knows: which compiled parts depend on which, and their digests. Does not know: what uses them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from fhir_adapter.definitions.compile_decisions import compile_decisions
from fhir_adapter.definitions.compile_hospital import (
    compile_hospital,
    deriving_traits_digest,
    reading_traits_digest,
)
from fhir_adapter.definitions.compile_reporting import event_terms
from fhir_adapter.definitions.compile_terminology import Vocabulary, compile_terminology, compile_vocabulary
from fhir_adapter.definitions.compile_trial import compile_trial
from fhir_adapter.definitions.compile_units import compile_units
from fhir_adapter.definitions.digest import digest_of
from fhir_adapter.definitions.file_set import (
    HospitalFiles,
    TerminologyFiles,
    TrialFiles,
    file_names,
    load_hospital_files,
    load_terminology_files,
    load_trial_files,
)
from fhir_adapter.definitions.folder import HOSPITALS, TRIALS, mapping_roots
from fhir_adapter.domain.codes import ConceptId, Terminology
from fhir_adapter.domain.protocol import Trial
from fhir_adapter.domain.quantity import UnitRule
from fhir_adapter.domain.scripted import ScriptedDecision
from fhir_adapter.ports.hospital import HospitalTraits

READER_VERSION = "2"
"""Raised by whoever changes what the reader makes of the same bytes: everything is then read again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Definitions:
    """One hospital and one trial, compiled.

    Attributes:
        traits: How the hospital behaves and what it allows.
        trial: The trial's rules.
        terminology: What every code of this hospital means.
        unit_rules: Unit rule id -> rule.
        titles: Concept -> its title, for people.
        digests: Part (`terminology`, `units`, `concept_map`, `hospital`, `trial`) -> digest of its meaning.
        definitions_digest: Digest of all parts; every derived record carries it.
        reading_digest: Digest of what reading depends on; every fact and cursor carries it.
        origins: File inside mappings -> root it was taken from.
        scripted: 0..*; what invented people of the hospital decide about the trial; part of no digest.
    """

    traits: HospitalTraits
    trial: Trial
    terminology: Terminology
    unit_rules: Mapping[str, UnitRule]
    titles: Mapping[ConceptId, str]
    digests: Mapping[str, str]
    definitions_digest: str
    reading_digest: str
    origins: Mapping[str, str]
    scripted: tuple[ScriptedDecision, ...] = ()

    @property
    def event_terms(self) -> Mapping[tuple[str, str], str]:
        """(system, code) -> name of an adverse event in the trial's scale."""
        return _event_terms(self.trial)

    def codes_of(self, concepts: Collection[ConceptId]) -> tuple[tuple[str, str], ...]:
        """List the codes, local ones included, that mean one of these concepts; sorted."""
        wanted = frozenset(concepts)
        return tuple(
            sorted(
                key
                for key, meaning in self.terminology.meanings.items()
                if not wanted.isdisjoint(meaning.concepts)
            )
        )


def load_definitions(
    *, hospital: str, trial: str, overlays: Sequence[Path] = (), default_mappings: bool = True
) -> Definitions:
    """Read and compile the definitions of one hospital and one trial.

    Args:
        hospital: Its id (folder under hospitals/).
        trial: Its id (folder under trials/).
        overlays: 0..*; folders laid over the adapter's own mappings, per folder; the first wins.
        default_mappings: False leaves the adapter's own mappings out.

    Returns:
        Everything compiled, with digests and the origin of every file.

    Raises:
        DefinitionError: A file is wrong; file, line, path and remedy are in the message.
        UsageError: There is no such hospital or trial.
    """
    roots = mapping_roots(overlays, default=default_mappings)
    return compile_definitions(
        load_terminology_files(roots), load_hospital_files(roots, hospital), load_trial_files(roots, trial)
    )


def compile_definitions(terminology: TerminologyFiles, hospital: HospitalFiles, trial: TrialFiles) -> Definitions:
    """Compile typed files; see load_definitions.

    Args:
        terminology: terminology/.
        hospital: hospitals/<id>/.
        trial: trials/<id>/.

    Returns:
        Everything compiled.

    Raises:
        DefinitionError: Something named does not exist, is named twice, or does not fit.
    """
    unit_rules = compile_units(terminology)
    vocabulary = compile_vocabulary(terminology, unit_rules)
    return join_definitions(vocabulary, unit_rules, terminology, hospital, trial)


def join_definitions(
    vocabulary: Vocabulary,
    unit_rules: Mapping[str, UnitRule],
    terminology: TerminologyFiles,
    hospital: HospitalFiles,
    trial: TrialFiles,
) -> Definitions:
    """Compile the hospital and the trial against a vocabulary compiled before; see load_definitions."""
    codes = compile_terminology(vocabulary, hospital)
    compiled = compile_trial(trial, vocabulary, unit_rules).trial
    traits = compile_hospital(hospital)
    digests = {
        "terminology": vocabulary.digest,
        "units": digest_of(unit_rules),
        "concept_map": codes.digest,
        "hospital": deriving_traits_digest(traits),
        "trial": digest_of(compiled),
    }
    whole = digest_of(digests)
    reading = [digests[part] for part in ("terminology", "units", "concept_map")]
    reading.append(reading_traits_digest(traits))
    return Definitions(
        traits=traits,
        trial=replace(compiled, digest=whole),
        terminology=codes,
        unit_rules=unit_rules,
        titles=vocabulary.titles,
        digests=digests,
        definitions_digest=whole,
        reading_digest=digest_of(READER_VERSION, reading, reading_of(compiled)),
        origins=dict(file_names((terminology.folder, hospital.folder, trial.folder))),
        scripted=compile_decisions(hospital, compiled.id),
    )


def reading_of(trial: Trial) -> tuple[object, ...]:
    """Give what of a trial changes what is read: concepts, types, questionnaires, links' types, names of events.

    Args:
        trial: Compiled.

    Returns:
        Something equal for two trials under which the same resources give the same facts.
    """
    links = {link.link_id: (link.type, link.values) for link in trial.links.values()}
    events = sorted(_event_terms(trial).items())
    return trial.needed, sorted(trial.resource_types), sorted(trial.questionnaires), links, events


def _event_terms(trial: Trial) -> Mapping[tuple[str, str], str]:
    safety = trial.safety
    return event_terms(safety.catalogue, safety.reporting) if safety is not None else {}


def available_hospitals(overlays: Sequence[Path] = (), *, default_mappings: bool = True) -> tuple[str, ...]:
    """List the ids of the hospitals there are definitions for, sorted."""
    return mapping_roots(overlays, default=default_mappings).available(HOSPITALS)


def available_trials(overlays: Sequence[Path] = (), *, default_mappings: bool = True) -> tuple[str, ...]:
    """List the ids of the trials there are definitions for, sorted."""
    return mapping_roots(overlays, default=default_mappings).available(TRIALS)
