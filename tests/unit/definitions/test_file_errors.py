"""Every wrong definition is refused with file, line, path, problem and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from fhir_adapter.definitions.load import load_definitions
from fhir_adapter.errors import DefinitionError
from tests.mapping_samples import line_of, write_mappings

RULES = "trials/t1/eligibility.yaml"
SLIPS = yaml.load((Path(__file__).parent / "bad_files.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)


@pytest.mark.parametrize("slip", SLIPS, ids=[str(number) for number in range(len(SLIPS))])
def test_a_slip_is_refused_with_file_path_problem_and_remedy(slip: dict[str, str], tmp_path: Path) -> None:
    root = write_mappings(tmp_path, (slip["file"], slip["old"], slip["new"]))
    with pytest.raises(DefinitionError) as refusal:
        load_definitions(hospital="north", trial="t1", overlays=(root,), default_mappings=False)
    error = refusal.value
    assert str(error) == f"{error.file}:{error.line}: {slip['message']}"
    if "at" in slip:
        text = (root / slip["file"]).read_text(encoding="utf-8")
        assert error.file == f"{root.as_posix()}/{slip['file']}"
        assert error.line == text[: text.index(slip["at"])].count("\n") + 1


def test_the_line_is_the_one_of_the_slip(tmp_path: Path) -> None:
    root = write_mappings(tmp_path, (RULES, "value: 1.5", "value: about 1.5"))
    with pytest.raises(DefinitionError) as refusal:
        load_definitions(hospital="north", trial="t1", overlays=(root,), default_mappings=False)
    assert refusal.value.line == line_of(RULES, "value: 1.5")


def test_of_several_slips_the_first_by_line_is_shown(tmp_path: Path) -> None:
    root = write_mappings(tmp_path, (RULES, "value: 1.5", "value: x"), (RULES, "mode: attest", "mode: maybe"))
    with pytest.raises(DefinitionError) as refusal:
        load_definitions(hospital="north", trial="t1", overlays=(root,), default_mappings=False)
    assert refusal.value.path == "criteria[I2].rule.all_of[1].compare.value"
