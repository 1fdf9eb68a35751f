"""A small invented toxicity scale as mapping files, to be laid beside the sample mappings and bent by tests."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.mapping_samples import FILES, write_mappings

SCALE = "terminology/sample-v1.yaml"
TERMS = "terminology/sample-v1-terms.csv"

SCALE_FILES: Mapping[str, str] = {
    SCALE: """\
id: sample-v1
title: Sample 1
version: "1.0"
source: this test
families:
  - {id: mass, printed: mg/dL, units: {mg/dL: 1, mg/L: 1/10}, source: this test}
  - {id: amount, printed: umol/L, units: {umol/L: 1}, source: this test}
terms:
  - name: Creatinine increased
    meddra: "10"
    soc: Investigations
    direction: high
    concepts: [creatinine]
    families: [mass, amount]
    grades:
      - {grade: 1, wording: ">ULN", any: [[{above: 1 x uln}]]}
      - {grade: 2, wording: ">2 mg/dL", any: [[{above: {mg/dL: 2, umol/L: 177}}]]}
      - {grade: 3, wording: ">3 mg/dL", any: [[{above: {mg/dL: 3, umol/L: 266}}], [{at_least: 50 % rise}]]}
      - {grade: 5, wording: Death}
    raised: [{input: transfusion, to: 3}]
    source: this test
  - name: Muscle lost
    meddra: "11"
    soc: Muscles
    direction: low
    age: {from: 18}
    grades:
      - {grade: 1, wording: Some, any: [[{at_least: 5 % drop}, {recorded: exercise, is: "false"}]]}
      - {grade: 4, wording: Most, any: [[{age: {below: 65}}, {baseline: normal}, {input: symptoms}]]}
    source: this test
""",
    TERMS: """\
term,meddra_code,soc,grade1,grade2,grade3,grade4,grade5
Creatinine increased,10,Investigations,>ULN,>2 mg/dL,>3 mg/dL,-,Death
Muscle lost,11,Muscles,Some,-,-,Most,-
Weakness,12,Muscles,Mild,-,-,-,-
""",
}


def write_scaled(root: Path, *changes: tuple[str, str, str]) -> Path:
    """Write the sample mappings with the sample scale; each change must fit exactly once."""
    return write_mappings(root, *changes, files={**FILES, **SCALE_FILES})
