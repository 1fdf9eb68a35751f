"""The invented trial of tests/mapping_samples.py with a treatment plan, a clearance and a care plan."""

from __future__ import annotations

from pathlib import Path

from tests.mapping_samples import FILES, write_mappings

UNITS = "terminology/units.yaml"
TRIAL = "trials/t1/trial.yaml"
DOSING = "trials/t1/dosing.yaml"
CARE_PLAN = "trials/t1/care_plan.yaml"
PRODUCTS = "terminology/value_sets/products.yaml"

_RULES = {
    "body-mass": "kg",
    "body-length": "cm",
    "dose-mass": "mg",
    "dose-mass-per-kg": "mg/kg",
    "dose-mass-per-area": "mg/m2",
    "dose-cells": "10*6",
    "dose-cells-per-kg": "10*6/kg",
    "dose-volume": "mL",
    "radiation-dose": "Gy",
    "dose-time": "h",
    "dose-rate-mass": "mg/h",
    "dose-rate-mass-per-kg": "mg/kg/h",
    "dose-rate-mass-per-area": "mg/m2/h",
    "dose-rate-volume": "mL/h",
    "dose-rate-cells": "10*6/h",
}

_PROJECT = "https://fhir-adapter.example/CodeSystem/concepts"


def _value_set(name: str, *, role: str = "concept", rule: str | None = None) -> str:
    lines = ["---", "resourceType: ValueSet", f"id: {name}", f"title: {name}", "status: active", f"role: {role}"]
    lines += [f"unitRule: {rule}"] if rule else []
    row = f"{{code: {name}, display: {name}, source: this project}}"
    lines += ["compose:", "  include:", f"    - {{system: {_PROJECT}, concept: [{row}]}}"]
    return "\n".join(lines) + "\n"


_VALUE_SETS = "".join((
    _value_set("weight", rule="body-mass"),
    _value_set("height", rule="body-length"),
    *map(_value_set, ("other-drug", "third-drug", "cells", "graft", "rays", "blood-group")),
    _value_set("cell-content", rule="dose-cells"),
    _value_set("all-cells", rule="dose-cells"),
    _value_set("radiation-dose", rule="radiation-dose"),
    _value_set("vein", role="answer"),
    _value_set("body", role="answer"),
))

_DOSING = f"""\
day_zero: {{graft: [graft], plan_link: planned-day-0, first_day: -14, source: invented}}
body:
  weight: {{concepts: [weight], window: 7 d}}
  height: {{concepts: [height], windows: [{{below: 2, window: 30 d}}, {{window: 90 d}}]}}
  area: bsa-mosteller
  lock_day: -14
  replan_share: 10 %
  doubt_share: 40 %
  source: invented
levels:
  unit: 10*6/kg
  link: level
  arm: L
  totals: [{{level: 0, total: 2.5, source: invented}}, {{level: 1, total: 10/3, source: invented}}]
  source: invented
cells: {{content: cell-content, shown: [all-cells], source: invented}}
donor:
  type_link: donor
  same_donor_link: same-donor
  shown:
    - {{id: group, title: Blood group, link: donor, concepts: [blood-group], source: invented}}
    - {{id: sex, title: Sex, gender: true, source: invented}}
  source: invented
implausible: 5
items:
  - id: first
    title: First drug
    kind: drug
    concepts: [first-drug]
    codings: [{{system: "{_PROJECT}", code: first-drug, display: First drug}}]
    days: [-14, -13, {{day: 28, only_if: {{link: donor, is: half}}}}]
    basis: m2
    amount: {{setting: first-amount}}
    unit: mg
    routes: [vein]
    minutes: 60
    tolerance: {{below: {{setting: low}}, above: 1/10}}
    duration_tolerance: {{below: 25 %, above: 50 %}}
    in_window: [0, 0]
    reach: 2
    warn_above: 800
    source: invented
  - id: cells-1
    title: Cells 1
    kind: cells
    concepts: [cells]
    days: [-12]
    basis: level
    amount: 2/3
    unit: 10*6
    tolerance: {{below: 20 %, above: 10 %}}
    in_window: [0, 0]
    undecided_outside: [-1, 1]
    locked_weight: true
    infusion: 1
    source: invented
  - id: other
    title: Other drug
    kind: drug
    concepts: [other-drug]
    days: [-4, -3]
    basis: kg
    amount: 5
    unit: mg
    course: 10
    tolerance: {{below: 10 %, above: 10 %}}
    in_window: [-1, 1]
    only_if: {{link: choice, is: other}}
    exclusive: conditioning
    source: invented
  - id: rays
    title: Rays
    kind: irradiation
    concepts: [rays]
    body_sites: [body]
    days: [-4, -3, -2]
    basis: absolute
    amount: 12
    unit: Gy
    course: 12
    as_course: true
    tolerance: {{below: 10 %, above: 10 %}}
    in_window: [0, 0]
    only_if: {{link: choice, is: rays}}
    exclusive: conditioning
    source: invented
  - id: graft
    title: Graft
    kind: graft
    concepts: [graft]
    days: [0]
    basis: none
    in_window: [0, 0]
    source: invented
  - id: cells-2
    title: Cells 2
    kind: cells
    concepts: [cells]
    days: [5]
    basis: level
    amount: 1/3
    unit: 10*6
    tolerance: {{below: 20 %, above: 10 %}}
    in_window: [-2, 2]
    locked_weight: true
    infusion: 2
    source: invented
clearance:
  - id: N2
    infusions: [1, 2]
    mode: attest
    text: No infection.
    source: invented
    rule:
      attested: {{link: N2}}
  - id: N3
    infusions: [2]
    mode: attest
    text: No reaction.
    source: invented
    shows: [third-drug]
    rule:
      attested: {{link: N3, roles: [investigator]}}
"""

_CARE_PLAN = f"""\
system: https://trials.example/plan
title: The plan
intent: {{setting: intent}}
status: {{candidate: active, ineligible: revoked}}
last_day: 60
source: invented
visits:
  - day: 30
    title: First visit
    observations: [{{system: "{_PROJECT}", code: residual-disease, display: Residual disease}}]
    source: invented
  - {{day: 60, title: Last visit, source: invented}}
"""

_LINKS = """\
  - {link_id: level, type: integer, text: Dose level, source: invented}
  - {link_id: choice, type: code, values: [other, rays], text: Choice, source: invented}
  - {link_id: donor, type: code, values: [half, whole], text: Donor, source: invented}
  - {link_id: same-donor, type: boolean, text: One donor, source: invented}
  - {link_id: N2, type: boolean, text: No infection, source: invented, valid_for: 24 h}
  - {link_id: N3, type: boolean, text: No reaction, source: invented}
settings:
  - {id: first-amount, value: 40, note: An amount, source: invented}
  - {id: low, value: 10 %, note: A share, source: invented}
  - {id: intent, value: plan, alternatives: [order], note: A word, source: invented}
"""

TREATED = {
    **FILES,
    UNITS: FILES[UNITS]
    + "".join(f"  - {{id: {name}, standard: '{unit}', source: UCUM}}\n" for name, unit in _RULES.items()),
    PRODUCTS: _VALUE_SETS,
    TRIAL: FILES[TRIAL]
    .replace(
        "RelatedPerson]",
        "RelatedPerson, Procedure, MedicationAdministration, Medication, BiologicallyDerivedProduct]",
    )
    .replace("settings:\n", _LINKS),
    DOSING: _DOSING,
    CARE_PLAN: _CARE_PLAN,
}


def write_treated(root: Path, *changes: tuple[str, str, str], without: frozenset[str] = frozenset()) -> Path:
    """Write the sample with its treatment plan; see write_mappings."""
    return write_mappings(
        root, *changes, files={name: text for name, text in TREATED.items() if name not in without}
    )
