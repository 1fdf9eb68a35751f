"""The shipped grading of ICANS, and what its section may not say."""

from __future__ import annotations

from decimal import Decimal
from functools import cache

import pytest

from fhir_adapter.definitions.compile_icans import compile_icans
from fhir_adapter.definitions.compile_terminology import Vocabulary, compile_vocabulary
from fhir_adapter.definitions.compile_units import compile_units
from fhir_adapter.definitions.file_icans import IcansPart
from fhir_adapter.definitions.file_set import load_terminology_files
from fhir_adapter.definitions.folder import TERMINOLOGY, Roots, mapping_roots
from fhir_adapter.definitions.rule_scope import RuleScope
from fhir_adapter.definitions.scalar_text import FileModel
from fhir_adapter.definitions.setting_text import Filler
from fhir_adapter.definitions.typed_file import typed
from fhir_adapter.definitions.yaml_text import Block, Document, parse_documents
from fhir_adapter.domain.protocol import AttestationLink, LinkType
from fhir_adapter.domain.quantity import Quantity, UnitRule, is_believable
from fhir_adapter.domain.safety_model.icans_rule import IcansRule
from fhir_adapter.errors import DefinitionError
from tests.icans import RULE

SETTINGS = {
    "icans-ice-from": "12",
    "icans-capd-baseline": "7 d",
    "icans-capd-awake": "zero",
    "icans-rass-drowsy": "1",
    "icans-holds": "24 h",
    "icans-arousal-holds": "4 h",
    "icans-sedation-lasts": "4 h",
}
LINK = "developmental-delay"


class Section(FileModel):
    """The section alone."""

    icans: IcansPart


@cache
def roots() -> Roots:
    return mapping_roots(())


@cache
def terminology() -> tuple[Vocabulary, dict[str, UnitRule]]:
    files = load_terminology_files(roots())
    unit_rules = dict(compile_units(files))
    return compile_vocabulary(files, unit_rules), unit_rules


def scope_of(old: str = "", new: str = "", link: LinkType = LinkType.BOOLEAN) -> RuleScope:
    """Read the shipped section with one slip in it."""
    path, shown_as = roots().folder(TERMINOLOGY).file("astct-2019.yaml")
    text = path.read_text(encoding="utf-8")
    assert old in text
    (document,) = parse_documents(text.replace(old, new, 1) if old else text, shown_as)
    assert isinstance(document.root, Block)
    block = Block({"icans": document.root.entries["icans"]}, document.root.line, document.root.key_lines)
    file = typed(Filler(SETTINGS).fill(Document(document.file, block)), Section)
    vocabulary, unit_rules = terminology()
    links = {LINK: AttestationLink(link_id=LINK, type=link, text="delayed")}
    return RuleScope(file, vocabulary, unit_rules, links)


def compiled(scope: RuleScope) -> IcansRule:
    assert isinstance(scope.file.model, Section)
    return compile_icans(scope, scope.file.model.icans)


def test_the_shipped_section_is_the_rule_written_by_hand() -> None:
    assert compiled(scope_of()) == RULE


def test_every_concept_named_is_needed_from_then_on() -> None:
    scope = scope_of()
    compiled(scope)
    assert {
        *("ice-score", "capd-score", "rass", "level-of-consciousness", "unable-to-perform", "unarousable"),
        *("sedation", "sedative-drug", "seizure", "cerebral-oedema", "intracranial-haemorrhage", "tremor"),
        *("developmental-delay", "icans", "icans-grade-5"),
    } <= {str(concept) for concept in scope.needed}
    assert scope.used_links == {LINK}
    assert set(scope.resource_types) == {
        "Observation", "Condition", "Procedure", "MedicationAdministration", "Medication",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("concept: ice-score", "concept: seizure", "seizure is no score"),
        ("    lowest: 0\n    highest: 10", "    lowest: 10\n    highest: 10", "no range at all"),
        ("{at_least: 3, grade: 2", "{at_least: 7, grade: 2", "a row is never reached"),
        ("{at_least: 0, grade: 3", "{at_least: 1, grade: 3", "no grade for a total of 0"),
        ("unable: [unable-to-perform]", "unable: [tremor]", "value set tremor has role concept"),
        ("delirium_from: 9", "delirium_from: 33", "counts_from and delirium_from do not rise inside the range"),
        ("counts_from: 1", "counts_from: 9", "counts_from and delirium_from do not rise inside the range"),
        ("below: [1, 2]", "below: [0, 2]", "not the lowest and the highest grade below delirium"),
        ("below: [1, 2]", "below: [2, 1]", "not the lowest and the highest grade below delirium"),
        ("baseline: {setting: icans-capd-baseline}", "baseline: 24 h", "a baseline in hours"),
        ("sedated_to: -3", "sedated_to: -4", "bands do not begin right above the sedated state"),
        ("answer: fully-alert", "answer: unarousable", "unarousable is named twice"),
        ("id: oedema-focal", "id: oedema", "duplicate sign"),
        ("      worst: 4\n      wanted", "      wanted", "worst and wanted do not fit the grade"),
        ("title: status epilepticus, concepts: [status-epilepticus], grade: 4",
         "title: status epilepticus, concepts: [status-epilepticus], grade: 3, worst: 4",
         "worst and wanted do not fit the grade"),
        ("grade: 4, lasting: false", "grade: 4, worst: 3, lasting: false", "worst and wanted do not fit"),
        ("grade: 4, lasting: false", "grade: 4, minutes: 5, lasting: false", "a duration that tells nothing"),
        ("holds: {setting: icans-holds}", "holds: 1 d", "not a time in hours"),
        ("unarousable, grade: 4", "unarousable, grade: 5", "Input should be less than or equal to 4"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(old: str, new: str, problem: str) -> None:
    with pytest.raises(DefinitionError, match=problem):
        compiled(scope_of(old, new))


def test_the_link_of_a_delay_says_yes_or_no() -> None:
    with pytest.raises(DefinitionError, match="no link developmental-delay of type boolean"):
        compiled(scope_of(link=LinkType.DATE))


@pytest.mark.parametrize(
    ("rule", "value", "expected"),
    [
        *(("ice-score", "10", True), ("ice-score", "11", False), ("ice-score", "0", True)),
        *(("ice-score", "-1", False), ("ice-score", "7.5", False), ("ice-score", "7.0", True)),
        *(("capd-score", "32", True), ("capd-score", "33", False), ("capd-score", "-1", False)),
        *(("rass", "-5", True), ("rass", "-6", False), ("rass", "4", True), ("rass", "5", False)),
        ("rass", "-0.5", False),
    ],
)
def test_a_number_no_score_can_have_is_refused(rule: str, value: str, *, expected: bool) -> None:
    _, unit_rules = terminology()
    assert is_believable(Quantity(Decimal(value), "{score}"), unit_rules[rule]) is expected
