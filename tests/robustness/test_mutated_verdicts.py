"""No broken resource lets anybody in: what may turn FAIL or UNKNOWN into PASS stands in a hand-written list."""

from __future__ import annotations

import pytest

from fhir_adapter.domain.facts import Reading
from tests import demo_export
from tests.robustness.deciding import improved, may_improve
from tests.robustness.mutants import Body, Mutant, Workshop
from tests.robustness.world import World, read, world_of

pytestmark = pytest.mark.slow

SEED = 20260311
COUNT = 2000
AIMED = 60
"""Mutants of each resource on which a doubt rests."""


def faults(mutants: list[Mutant], world: World) -> list[str]:
    """Name the mutants that let a criterion pass although they may not."""
    found = []
    for mutant in mutants:
        key = (mutant.base["resourceType"], mutant.base["id"])
        reading = read(mutant.raw)
        if says_the_same(reading, world.readings[key]):
            continue
        for criterion in improved(world.verdicts, world.with_instead(key, reading)):
            verdict, reason = world.verdicts[criterion]
            if not may_improve(criterion, reason, mutant, reading):
                found.append(f"{criterion} {verdict} {reason}: {mutant.name}: {reading.rejections}")
    return found


def says_the_same(one: Reading, other: Reading) -> bool:
    """Say whether nothing but the source of a reading differs: then nothing else can follow from it."""
    if one.rejections or other.rejections:
        return False
    return one.facts == other.facts and one.patient == other.patient and one.excluded_by == other.excluded_by


def test_no_mutant_lets_anybody_in() -> None:
    mutants: dict[str, list[Mutant]] = {}
    for mutant in Workshop(SEED).mutants(COUNT):
        owner = demo_export.patient_of(mutant.base) or "lymphocytes-by-reference"
        mutants.setdefault(owner, []).append(mutant)
    assert [fault for owner, each in mutants.items() for fault in faults(each, world_of(owner))] == []


@pytest.mark.parametrize("patient", demo_export.patients())
def test_no_mutant_of_what_keeps_a_patient_out_lets_the_patient_in(patient: str) -> None:
    """Aimed at the resources without which a criterion would pass: broken is not the same as absent."""
    world, workshop = world_of(patient), Workshop(SEED)
    for body in resources_that_keep_out(world):
        assert faults(list(workshop.mutants(AIMED, [body])), world) == []


def resources_that_keep_out(world: World) -> list[Body]:
    """Give the resources without which some criterion would pass."""
    if not world.doubtful:
        return []
    return [
        body
        for body in world.bodies
        if improved(world.verdicts, world.with_instead((body["resourceType"], body["id"]), None))
    ]


def test_the_aim_is_taken_at_many_kinds_of_resources() -> None:
    worlds = [world_of(patient) for patient in demo_export.patients()]
    assert sum(world.doubtful for world in worlds) >= 40
    aimed = {body["resourceType"] for world in worlds for body in resources_that_keep_out(world)}
    assert aimed >= {"Observation", "Condition", "Procedure", "MedicationAdministration", "QuestionnaireResponse"}
