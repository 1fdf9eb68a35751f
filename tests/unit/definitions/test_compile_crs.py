"""The shipped grading of CRS, its codes, and what its sections may not say."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from fhir_adapter.definitions.compile_crs import compile_crs
from fhir_adapter.definitions.compile_terminology import Vocabulary, compile_vocabulary
from fhir_adapter.definitions.compile_units import compile_units
from fhir_adapter.definitions.file_astct import AstctFile, load_astct_file
from fhir_adapter.definitions.file_crs import CrsPart, MaskingPart
from fhir_adapter.definitions.file_set import load_terminology_files, load_trial_files
from fhir_adapter.definitions.folder import TERMINOLOGY, TRIALS, Folder, Roots, mapping_roots
from fhir_adapter.definitions.load import load_definitions
from fhir_adapter.definitions.rule_scope import RuleScope
from fhir_adapter.definitions.scalar_text import FileModel
from fhir_adapter.definitions.setting_text import Filler
from fhir_adapter.definitions.typed_file import Typed, typed
from fhir_adapter.definitions.yaml_text import Block, Document, parse_documents
from fhir_adapter.domain.operators import Attestable
from fhir_adapter.domain.protocol import Trial
from fhir_adapter.domain.quantity import UnitRule
from fhir_adapter.domain.safety_model.crs_rule import CrsRule
from fhir_adapter.domain.treatment_operators import SteroidLoad
from fhir_adapter.errors import DefinitionError
from tests.crs import RULE

SETTINGS = {
    "masking-anti-cytokine": "28 d",
    "masking-steroid": "24 h",
    "masking-antipyretic": "24 h",
    "crs-reading-holds": "12 h",
    "crs-pressor-open-end": "24 h",
    "crs-single-dose-minutes": "60",
    "crs-reaction-within": "6 h",
    "crs-home-support-within": "30 d",
}
SNOMED = "http://snomed.info/sct"
TRIAL = "nct07256210"


class Consensus(FileModel):
    """The section alone."""

    title: str
    crs: CrsPart


class Masking(FileModel):
    """The section alone."""

    masking: MaskingPart


@cache
def roots() -> Roots:
    return mapping_roots(())


@cache
def terminology() -> tuple[Vocabulary, dict[str, UnitRule]]:
    files = load_terminology_files(roots())
    unit_rules = dict(compile_units(files))
    return compile_vocabulary(files, unit_rules), unit_rules


@cache
def shipped() -> Trial:
    return load_definitions(hospital="demo", trial=TRIAL).trial


def section(folder: Folder, name: str, model: type[FileModel], old: str, new: str) -> Typed[FileModel]:
    """Read what one model names of a shipped file, with one slip in it where the file holds it."""
    path, shown_as = folder.file(name)
    text = path.read_text(encoding="utf-8")
    (document,) = parse_documents(text.replace(old, new, 1) if old else text, shown_as)
    root = document.root
    assert isinstance(root, Block)
    kept = {key: entry for key, entry in root.entries.items() if key in model.model_fields}
    part = Document(document.file, Block(kept, root.line, root.key_lines))
    return typed(Filler(SETTINGS).fill(part), model)


def compiled(old: str = "", new: str = "") -> CrsRule:
    vocabulary, unit_rules = terminology()
    consensus = section(roots().folder(TERMINOLOGY), "astct-2019.yaml", Consensus, old, new)
    masking = section(roots().folder(TRIALS, TRIAL), "safety.yaml", Masking, old, new)
    assert isinstance(consensus.model, Consensus)
    assert isinstance(masking.model, Masking)
    sections: dict[str, Any] = {"title": consensus.model.title, "crs": consensus.model.crs}
    file = AstctFile.model_construct(**sections)
    scopes = [RuleScope(each, vocabulary, unit_rules, {}) for each in (consensus, masking)]
    return compile_crs(scopes[0], file, scopes[1], masking.model.masking)


def test_the_shipped_sections_are_the_rule_written_by_hand() -> None:
    assert compiled() == RULE


def test_the_trial_grades_by_it() -> None:
    safety = shipped().safety
    assert safety is not None
    assert safety.crs == RULE


def test_the_steroids_that_mask_are_those_that_hold_an_infusion() -> None:
    (n1,) = (each.criterion.rule for each in shipped().clearance if each.criterion.id == "N1")
    assert isinstance(n1, Attestable)
    assert isinstance(n1.rule, SteroidLoad)
    assert {*n1.rule.factors} == {*RULE.masking[1].concepts}
    assert {*n1.rule.local} == {*RULE.masking[1].local}


CODES = {
    "norepinephrine": "rxnorm 7512, rxnorm 1745276, atc C01CA03",
    "epinephrine": "rxnorm 3992, rxnorm 1660013, atc C01CA24",
    "dopamine": "rxnorm 3628, rxnorm 1743862, atc C01CA04",
    "phenylephrine": "rxnorm 8163, atc C01CA06",
    "angiotensin-ii": "rxnorm 1999010, atc C01CX09",
    "vasopressin": "rxnorm 11149, rxnorm 2103181, atc H01BA01",
    "terlipressin": "atc H01BA04",
    "dobutamine": "rxnorm 3616, rxnorm 1812167, atc C01CA07",
    "milrinone": "rxnorm 1791839, atc C01CE02",
    "hypotension": "icd-10-cm I95.9, concepts hypotension",
    "interleukin-blocker": (
        "rxnorm 727711, atc L04AC03, atc L04AC04, atc L04AC08, atc L04AC11, atc L04AC14, atc L04AC19, "
        "atc L04AC23, atc L04AC25, atc L04AC26, concepts interleukin-blocker"
    ),
    "antipyretic": (
        "rxnorm 161, atc N02BA01, atc N02BB02, atc N02BE01, atc N02BE05, atc N02BE51, atc M01AB01, atc M01AB05, "
        "atc M01AB15, atc M01AE01, atc M01AE02, atc M01AE03, atc M01AE14, atc M01AE17, atc M01AG01, atc M01AX17, "
        "concepts antipyretic"
    ),
    "oxygen-nasal-cannula": "sct 371907003, sct 336623009, concepts oxygen-nasal-cannula",
    "blow-by-oxygen": "concepts blow-by-oxygen",
    "oxygen-mask": (
        "sct 371908008, sct 429253002, sct 261352009, concepts oxygen-mask, concepts non-rebreather-mask, "
        "concepts venturi-mask"
    ),
    "cpap": "sct 47545007, concepts cpap",
    "non-invasive-ventilation": (
        "sct 243142003, sct 428311008, sct 447837008, sct 1149092001, sct 425826004, "
        "concepts non-invasive-ventilation"
    ),
    "invasive-ventilation": "sct 40617009, concepts invasive-ventilation",
    "oxygen-device": "concepts oxygen-device",
    "no-oxygen-device": "concepts no-oxygen-device",
    **{f"crs-grade-{grade}": f"icd-10-cm D89.83{grade}, concepts crs-grade-{grade}" for grade in range(1, 6)},
}
"""Every code by hand, with the last part of its system."""


@pytest.mark.parametrize("concept", CODES)
def test_an_ingredient_and_its_forms_are_one_concept(concept: str) -> None:
    """Trap T13: a form of norepinephrine nobody knows would be one pressor too few."""
    meanings = terminology()[0].meanings.items()
    found = {
        f"{system.rpartition('/')[2]} {code}" for (system, code), each in meanings if concept in each.concepts
    }
    assert found == {*CODES[concept].split(", ")}


@pytest.mark.parametrize(
    ("code", "device"),
    [
        ("371907003", "nasal cannula"),
        ("336623009", "nasal cannula"),
        ("371908008", "face mask"),
        ("429253002", "face mask"),
        ("261352009", "face mask"),
        ("1259025002", "high-flow device"),
        ("870533002", "high-flow device"),
        ("426854004", "high-flow device"),
        ("47545007", "CPAP"),
        ("243142003", "non-invasive ventilation"),
        ("428311008", "non-invasive ventilation"),
        ("447837008", "non-invasive ventilation"),
        ("1149092001", "non-invasive ventilation"),
        ("425826004", "non-invasive ventilation"),
        ("40617009", "invasive ventilation"),
        ("233573008", "ventilator"),
        ("57485005", "unnamed device"),
        ("315041000", "unnamed device"),
    ],
)
def test_every_code_of_the_sheet_is_one_device(code: str, device: str) -> None:
    concepts = {*terminology()[0].meanings[SNOMED, code].concepts}
    first = next(each for each in RULE.hypoxia.devices if not concepts.isdisjoint(each.concepts))
    assert first.id == device


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("unit: Cel}", 'unit: "[degF]"}', "limit in [degF], not in Cel"),
        ('value: 70, unit: "mm[Hg]"', "value: 70, unit: kPa", "limit in kPa, not in mm[Hg]"),
        ("from: 1, below: 11", "from: 1, below: 1", "no age lies between both"),
        ("add_on: [vasopressin, terlipressin]", "add_on: [vasopressin, dopamine]", "dopamine is named twice"),
        ("routes: [intravenous]", "routes: [intravenous, nasal]", "nasal is a route of an infusion too"),
        ("several: 4", "several: 2", "a lower grade than one pressor"),
        ("many: 2", "many: 1", "greater than or equal to 2"),
        ("counted: [norepinephrine,", "counted: [noradrenaline,", "no value set noradrenaline"),
        (", generic: true", "", "not exactly one generic device"),
        ("asks: true, source", "generic: true, source", "not exactly one generic device"),
        ('id: "blow-by", concepts: [blow-by-oxygen]', 'id: "blow-by"', "nothing says that it is used"),
        (
            "concepts: [blow-by-oxygen], grade: 2",
            "concepts: [blow-by-oxygen], grade: 2, asks: true",
            "does not depend",
        ),
        ("grade: 3, low_flow: 2, source", "grade: 3, low_flow: 4, source", "a higher grade at low flow"),
        ("grade: 4, support: 1", "grade: 5, support: 1", "less than or equal to 4"),
        ("{setting: crs-reading-holds}", "2 d", "not a window in hours"),
        ("{setting: crs-home-support-within}", "720 h", "not a window in days"),
        ("concepts: [antipyretic], local", "concepts: [aspirin], local", "no value set aspirin"),
        ("local: [topical, ophthalmic, otic, nasal]", "local: [tablet]", "no value set tablet"),
        ("{concept: crs-grade-5,", "{concept: crs-grade-6,", "no value set crs-grade-6"),
    ],
)
def test_a_slip_is_refused(old: str, new: str, message: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        compiled(old, new)
    assert message in str(refused.value)


def test_the_title_of_the_consensus_names_the_scale() -> None:
    assert compiled('title: "ASTCT 2019"', 'title: "ASTCT 2020"').scale == "ASTCT 2020"


def test_a_file_that_names_another_consensus_is_refused(tmp_path: Path) -> None:
    shipped, _ = roots().folder(TERMINOLOGY).file("astct-2019.yaml")
    target = tmp_path / TERMINOLOGY
    target.mkdir()
    (target / "other.yaml").write_text(shipped.read_text(encoding="utf-8"), encoding="utf-8")
    values = load_trial_files(roots(), TRIAL).values
    with pytest.raises(DefinitionError, match="not the file's name other"):
        load_astct_file(mapping_roots((tmp_path,)), "other", Filler(values))
