"""A small invented hospital and trial as mapping files, to be written into a folder and bent by tests."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

FILES = {
    "terminology/code_systems.yaml": """\
code_systems:
  - {uri: http://loinc.org, name: LOINC, kind: standard, pattern: "[0-9]{1,5}-[0-9]", source: loinc.org}
  - {uri: http://snomed.info/sct, name: SNOMED CT, kind: standard, source: snomed.org}
  - {uri: https://fhir-adapter.example/CodeSystem/concepts, name: Project, kind: project, source: this project}
""",
    "terminology/units.yaml": """\
unit_rules:
  - id: creatinine
    standard: mg/dL
    source: UCUM
    accepts:
      - {unit: mg/L}
      - {unit: umol/L}
    molar: {g_per_mol: 113.12, source: PubChem CID 588}
""",
    "terminology/value_sets/findings.yaml": """\
resourceType: ValueSet
id: creatinine
title: Creatinine
status: active
unitRule: creatinine
compose:
  include:
    - system: http://loinc.org
      concept:
        - {code: 2160-0, display: Creatinine in Serum, source: loinc.org}
        - {code: 14682-9, display: Creatinine moles in Serum, source: loinc.org, qualifiers: [molar]}
---
resourceType: ValueSet
id: residual-disease
title: Residual disease
status: active
compose:
  include:
    - system: https://fhir-adapter.example/CodeSystem/concepts
      concept:
        - {code: residual-disease, display: Residual disease, source: this project}
---
resourceType: ValueSet
id: leukemia
title: Leukemia
status: active
compose:
  include:
    - system: http://snomed.info/sct
      concept:
        - {code: 91861009, display: Acute myeloid leukemia, source: snomed.org}
---
resourceType: ValueSet
id: first-drug
title: First drug
status: active
compose:
  include:
    - system: https://fhir-adapter.example/CodeSystem/concepts
      concept:
        - {code: first-drug, display: First drug, source: this project}
""",
    "terminology/value_sets/answers.yaml": """\
resourceType: ValueSet
id: detected
title: Detected
status: active
role: answer
compose:
  include:
    - system: http://snomed.info/sct
      concept:
        - {code: 260373001, display: Detected, source: snomed.org}
---
resourceType: ValueSet
id: not-detected
title: Not detected
status: active
role: answer
compose:
  include:
    - system: http://snomed.info/sct
      concept:
        - {code: 260415000, display: Not detected, source: snomed.org}
""",
    "hospitals/north/hospital.yaml": """\
id: north
title: North Hospital
timezone: Europe/Oslo
writes: disabled
people:
  - {id: p-berg, name: P. Berg, roles: [investigator]}
patients: all
rejection_budget: 0.05
""",
    "hospitals/north/concept_map.yaml": """\
resourceType: ConceptMap
id: north
group:
  - source: https://north.example/lab
    target: http://loinc.org
    element:
      - {code: KREA, display: Kreatinin, target: [{code: 2160-0, display: Creatinine, equivalence: equivalent}]}
      - {code: HB, display: Hemoglobin, target: [{code: 718-7, display: Hemoglobin, equivalence: equivalent}]}
      - {code: MISC, display: Diverse, target: [{equivalence: unmatched, comment: a bin}]}
text_answers:
  - {concept: residual-disease, text: ikke påvist, answer: not-detected}
""",
    "trials/t1/trial.yaml": """\
id: t1
study:
  identifier_system: https://trials.example
  identifier_value: T-1
  title: A trial
  status: active
  phase: phase-1
  source: invented
subject_system: https://trials.example/subject
resource_types: [Patient, Observation, Condition, Consent, RelatedPerson]
prescreen_concepts: [leukemia]
withdrawal_criterion: E1
anchor:
  first_drugs: [first-drug]
  plan_link: planned-day-0
  offset_days: -14
  search_days_before: 3
  source: invented
participation:
  graph:
    potential-candidate: [candidate]
    candidate: [screening]
    screening: [ineligible]
    ineligible: []
  automatic: [potential-candidate, candidate, screening]
  prescreen_parts: [diagnosis]
  consent_criterion: I1
  source: invented
links:
  - {link_id: planned-day-0, type: date, text: Planned day 0, source: invented}
  - {link_id: I3, type: boolean, text: The patient agrees, source: invented, valid_for: 24 h}
settings:
  - {id: youngest, value: 2, note: Youngest age, source: invented, ambiguity: A1}
  - {id: kidney-window, value: 14 d, note: Age of a creatinine, source: invented}
  - {id: positive, value: [detected], alternatives: [[detected, not-detected]], note: It counts, source: invented}
""",
    "trials/t1/eligibility.yaml": """\
criteria:
  - id: AGE
    kind: inclusion
    mode: auto
    text: At least 2 years old.
    source: invented
    rule:
      age: {at_least: {setting: youngest}, at: consent}
  - id: I1
    kind: inclusion
    mode: assist
    text: Consent was signed.
    source: invented
    rule:
      consent_signed: {rules: [{below: 18, roles: [representative]}, {roles: [patient]}]}
  - id: I2
    kind: inclusion
    mode: auto
    text: Leukemia and a good kidney.
    source: invented
    rule:
      all_of:
        - part: diagnosis
          label: leukemia
          condition: {concepts: [leukemia], clinical: [active], absence: missing}
        - label: creatinine at most 1.5 mg/dL
          compare:
            find: {concepts: [creatinine], window: {setting: kidney-window}}
            op: "<="
            value: 1.5
            unit: mg/dL
  - id: I3
    kind: inclusion
    mode: attest
    text: The patient agrees.
    source: invented
    rule:
      attested: {link: I3, roles: [investigator]}
  - id: E1
    kind: exclusion
    mode: auto
    text: Residual disease, or consent withdrawn.
    source: invented
    rule:
      any_of:
        - consent_withdrawn: {}
        - coded:
            find: {concepts: [residual-disease], windows: [{below: 2, window: 30 d}, {window: 90 d}]}
            met: {setting: positive}
            not_met: [not-detected]
            by_limit: true
""",
}


def write_mappings(root: Path, *changes: tuple[str, str, str], files: Mapping[str, str] = FILES) -> Path:
    """Write the sample into a folder; each change is (file, old text, new text) and must fit exactly once."""
    files = dict(files)
    for name, old, new in changes:
        assert files[name].count(old) == 1, f"{old!r} does not stand exactly once in {name}"
        files[name] = files[name].replace(old, new)
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def line_of(name: str, text: str) -> int:
    """Give the line of the sample file in which a text first stands."""
    return FILES[name][: FILES[name].index(text)].count("\n") + 1
