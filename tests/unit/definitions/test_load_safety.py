"""A trial's safety.yaml with the terminology it names is read and typed; what is wrong is refused by place."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from fhir_adapter.definitions.file_set import load_trial_files
from fhir_adapter.definitions.folder import Roots, mapping_roots
from fhir_adapter.errors import DefinitionError, UsageError
from tests.command import ROOT
from tests.mapping_samples import write_mappings

TRIAL = "nct07256210"


def changed(folder: Path, old: str, new: str) -> Roots:
    """The shipped mappings, over them the trial with one place of safety.yaml changed."""
    trial = folder / "trials" / TRIAL
    shutil.copytree(ROOT / "mappings" / "trials" / TRIAL, trial)
    text = (trial / "safety.yaml").read_text(encoding="utf-8")
    assert text.count(old) == 1
    (trial / "safety.yaml").write_text(text.replace(old, new), encoding="utf-8")
    return mapping_roots((folder,))


def test_a_trial_without_the_file_follows_no_toxicity(tmp_path: Path) -> None:
    write_mappings(tmp_path)
    assert load_trial_files(mapping_roots((tmp_path,), default=False), "t1").safety is None


def test_the_file_comes_with_the_scale_the_catalogue_and_the_consensus_it_names() -> None:
    files = load_trial_files(mapping_roots(), TRIAL).safety
    assert files is not None
    assert (files.safety.model.scale, files.safety.model.syndromes) == ("ctcae-v5", "astct-2019")
    assert files.scale.model.id == "ctcae-v5"
    assert len(files.catalogue.terms) == 837
    assert files.consensus.model.icans is not None
    assert files.safety.model.judged.from_grade == 3, "the setting's value stands in it"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("  from_grade: {setting: judged-from-grade}", "  from_grade: 6", r"safety.yaml:\d+: judged.from_grade"),
        ("  from_grade: {setting: judged-from-grade}", "  from_grade: {setting: none}", "unknown setting"),
        ("observation:", "observing:", "observing"),
        ("syndromes: astct-2019", "syndromes: astct-2030", "astct-2030"),
    ],
    ids=["no grade", "no setting", "no such section", "no such consensus"],
)
def test_what_is_wrong_is_refused_with_file_line_and_place(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    with pytest.raises(DefinitionError, match=message):
        load_trial_files(changed(tmp_path, old, new), TRIAL)


def test_a_scale_nobody_wrote_down_is_refused_by_naming_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there are: ctcae-v5"):
        load_trial_files(changed(tmp_path, "scale: ctcae-v5", "scale: ctcae-v9"), TRIAL)


def test_toxicity_is_not_followed_without_a_treatment_plan(tmp_path: Path) -> None:
    roots = changed(tmp_path, "scale: ctcae-v5", "scale: ctcae-v5 ")
    for name in ("dosing.yaml", "care_plan.yaml"):
        (tmp_path / "trials" / TRIAL / name).unlink()
    with pytest.raises(DefinitionError, match=r"safety.yaml.*there is no dosing.yaml beside it"):
        load_trial_files(roots, TRIAL)
