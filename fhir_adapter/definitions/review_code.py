"""Review of codes: value sets, concept maps.

Knows: shapes and check digits of codes. Does not know: the rules that use them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from fhir_adapter.definitions.check_digit import check_digit_fits
from fhir_adapter.definitions.compile_terminology import Vocabulary
from fhir_adapter.definitions.file_hospital import Equivalence
from fhir_adapter.definitions.file_set import HospitalFiles, TerminologyFiles
from fhir_adapter.definitions.finding import DefinitionFinding, Severity, finding
from fhir_adapter.definitions.scalar_text import FileModel
from fhir_adapter.definitions.typed_file import Typed
from fhir_adapter.definitions.yaml_text import Step


def review_value_sets(files: TerminologyFiles) -> Iterator[DefinitionFinding]:
    """Review every code of every value set.

    Args:
        files: terminology/.

    Yields:
        `code-shape`, `check-digit`, `display-differs`.
    """
    patterns = _patterns(files)
    displays: dict[tuple[str, str], str] = {}
    for file in files.value_sets:
        for place, include in enumerate(file.model.compose.include):
            for number, row in enumerate(include.concept):
                steps = ("compose", "include", place, "concept", number)
                yield from _code(file, steps, include.system, row.code, patterns)
                display = displays.setdefault((include.system, row.code), row.display)
                if display != row.display:
                    message = f"display differs from another value set's: {display}"
                    yield finding("display-differs", Severity.WARNING, file, (*steps, "display"), message)


def review_concept_map(
    files: HospitalFiles, terminology: TerminologyFiles, vocabulary: Vocabulary
) -> Iterator[DefinitionFinding]:
    """Review the targets of a hospital's concept map.

    Args:
        files: hospitals/<id>/.
        terminology: terminology/.
        vocabulary: Its value sets, compiled.

    Yields:
        `code-shape`, `check-digit`, and as a note `target-not-used`.
    """
    patterns = _patterns(terminology)
    for place, group in enumerate(files.concept_map.model.group):
        for number, element in enumerate(group.element):
            for position, target in enumerate(element.target):
                if target.equivalence is not Equivalence.EQUIVALENT or target.code is None:
                    continue
                steps = ("group", place, "element", number, "target", position)
                yield from _code(files.concept_map, steps, group.target, target.code, patterns)
                if (group.target, target.code) not in vocabulary.meanings:
                    message = (
                        f"{target.code} is in no value set: resources with this code are left out as not needed"
                    )
                    yield finding("target-not-used", Severity.NOTE, files.concept_map, steps, message)


def _patterns(files: TerminologyFiles) -> Mapping[str, str]:
    return {row.uri: row.pattern for row in files.systems.model.code_systems if row.pattern is not None}


def _code(
    file: Typed[FileModel], steps: tuple[Step, ...], system: str, code: str, patterns: Mapping[str, str]
) -> Iterator[DefinitionFinding]:
    where = (*steps, "code")
    if system in patterns and not re.fullmatch(patterns[system], code):
        message = f"{code} is not written as codes of {system} are"
        yield finding("code-shape", Severity.ERROR, file, where, message)
    elif not check_digit_fits(system, code):
        yield finding("check-digit", Severity.ERROR, file, where, f"the check digit of {code} does not fit")


def review_code_systems(files: TerminologyFiles, mapped: frozenset[str]) -> Iterator[DefinitionFinding]:
    """Review which code systems are used.

    Args:
        files: terminology/.
        mapped: Systems some hospital's concept map has as a target.

    Yields:
        `unused-code-system`.
    """
    used = {include.system for file in files.value_sets for include in file.model.compose.include} | mapped
    for place, row in enumerate(files.systems.model.code_systems):
        steps = ("code_systems", place)
        if row.uri not in used:
            message = f"no value set or concept map uses {row.name}"
            yield finding("unused-code-system", Severity.NOTE, files.systems, steps, message)
