from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from fhir_adapter.domain.dosing.dose_level import find_level
from fhir_adapter.domain.dosing.records import Dose
from fhir_adapter.domain.queries import UnknownReason
from tests.builders import attestation
from tests.courses import a_course, stated


@pytest.mark.parametrize(("level", "total"), [(0, 5), (1, 10), (2, 20), (3, 30)])
def test_a_level_is_its_total_of_cells_per_kilogram(level: int, total: int) -> None:
    found = find_level(a_course(said=stated(level=level)))
    assert (found.level, found.total, found.reason) == (level, Dose(Fraction(total), "10*6/kg"), None)
    assert [each.role for each in found.evidence] == ["attestation"]


@pytest.mark.parametrize("value", [Decimal(7), Decimal("1.5"), Decimal("NaN"), Decimal("1E+400"), "one", True])
def test_a_level_the_plan_does_not_have_is_no_level(value: Decimal | str | bool) -> None:
    found = find_level(a_course(said=(attestation("dose-level", value, at="2026-03-01T09:00"),)))
    assert (found.level, found.total, found.reason) == (None, None, UnknownReason.UNMAPPED)
    assert found.next_fact == "dose level: one of 0, 1, 2, 3"
    assert len(found.evidence) == 1


def test_nobody_assigned_a_level() -> None:
    found = find_level(a_course(said=stated(level=None)))
    assert (found.level, found.reason) == (None, UnknownReason.NEEDS_ATTESTATION)
    assert found.next_fact == "dose level the subject is assigned to"


def test_people_assigned_different_levels() -> None:
    other = attestation("dose-level", Decimal(2), by="dr-lang", at="2026-03-02T09:00")
    found = find_level(a_course(said=(*stated(), other)))
    assert (found.level, found.reason) == (None, UnknownReason.CONFLICTING)
    assert found.next_fact == "dose level the subject is assigned to: the conflict settled by a person"
    assert len(found.evidence) == 2
