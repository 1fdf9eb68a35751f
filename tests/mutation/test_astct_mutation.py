"""Data mutation of the grading of CRS: every number, limit, window, row and concept is noticed by a case."""

from __future__ import annotations

from functools import partial

import pytest

from fhir_adapter.domain.astct.episodes import HIGHEST
from fhir_adapter.domain.safety_model.crs_rule import CrsRule, DeviceRule
from fhir_adapter.domain.safety_model.syndrome_records import SyndromeRecord
from tests.crs import RULE, propose
from tests.crs_cases.case import Case
from tests.crs_cases.every import CASES
from tests.mutation.astct_mutants import survivors
from tests.mutation.rule_mutants import field_changes

EXPLAINED = {
    "hypotension.limits.1.from_years:11>10": "at 10 years both limits are 90",
    "hypoxia.devices.CPAP.support:1>0": "how much support only orders devices: 0 and 1 are both the least",
}
"""Changes no case notices, and why that is right."""


@pytest.mark.slow
def test_every_change_of_the_rule_for_crs_is_noticed() -> None:
    cases = {case.name: partial(run_crs, case) for case in CASES}
    changes = (each for each in field_changes(RULE) if loads(each[1]))
    assert set(survivors(RULE, changes, cases)) == set(EXPLAINED)


def run_crs(case: Case, rule: CrsRule) -> SyndromeRecord:
    return propose(*case.facts, rule=rule, **case.more)


def loads(rule: CrsRule) -> bool:
    """Say whether the loader would take the rule: what it refuses needs no case."""
    circulation, devices = rule.hypotension, rule.hypoxia.devices
    proposed = [rule.fever.grade, circulation.grade, circulation.one, circulation.several]
    proposed += [grade for each in devices for grade in (each.grade, each.low_flow) if grade is not None]
    return (
        min(proposed) >= 1
        and max(proposed) <= HIGHEST
        and {*rule.stated.grades.values()} <= {1, 2, 3, 4, 5}
        and all(each.from_years >= 0 for each in circulation.limits)
        and circulation.many > 1
        and circulation.several >= circulation.one
        and [each.is_generic for each in devices].count(True) == 1
        and all(_device_loads(each) for each in devices)
    )


def _device_loads(device: DeviceRule) -> bool:
    if device.low_flow is None:
        return not device.asks and not device.is_generic and bool(device.concepts or device.shown_by)
    return device.low_flow <= device.grade and bool(device.concepts)
