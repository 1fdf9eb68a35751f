"""Every wrong line of a treatment plan or care plan is refused with file, line, path, problem and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from fhir_adapter.definitions.load import load_definitions
from fhir_adapter.errors import DefinitionError
from tests.treatment_samples import CARE_PLAN, DOSING, TRIAL, UNITS, write_treated

FILES = {"dosing": DOSING, "care_plan": CARE_PLAN, "trial": TRIAL, "units": UNITS}
SLIPS = yaml.load(
    (Path(__file__).parent / "bad_treatment.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader
)


@pytest.mark.parametrize("slip", SLIPS, ids=[f"{place}-{slip['file']}" for place, slip in enumerate(SLIPS)])
def test_a_slip_is_refused_with_file_path_problem_and_remedy(slip: dict[str, str], tmp_path: Path) -> None:
    name = FILES[slip["file"]]
    root = write_treated(tmp_path, (name, slip["old"], slip["new"]))
    with pytest.raises(DefinitionError) as refusal:
        load_definitions(hospital="north", trial="t1", overlays=(root,), default_mappings=False)
    error = refusal.value
    assert str(error) == f"{error.file}:{error.line}: {slip['message']}"
    if "at" in slip:
        text = (root / name).read_text(encoding="utf-8")
        assert error.file == f"{root.as_posix()}/{name}"
        assert error.line == text[: text.index(slip["at"])].count("\n") + 1


def test_a_care_plan_needs_a_treatment_plan(tmp_path: Path) -> None:
    root = write_treated(tmp_path, without=frozenset({DOSING}))
    with pytest.raises(DefinitionError) as refusal:
        load_definitions(hospital="north", trial="t1", overlays=(root,), default_mappings=False)
    assert refusal.value.file.endswith(CARE_PLAN)
    assert refusal.value.problem == "there is no dosing.yaml beside it"
