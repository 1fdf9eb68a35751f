"""The record of an event only the hospital reports: its place against the infusions, its term, its id."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.unit.domain.safety.reports import FIRST_INFUSION, merged, only, report, version


@pytest.mark.parametrize(
    ("on", "emergent", "pre_existing", "infusion"),
    [
        ("2026-02-22T09:59:59+01:00", False, True, None),
        ("2026-02-22T10:00:00+01:00", True, False, 1),
        ("2026-02-22", None, False, None),
        ("2026-02-21", False, True, None),
        ("2026-03-05", True, False, 2),
    ],
)
def test_an_event_is_placed_against_the_infusions(
    on: str, emergent: bool | None, pre_existing: bool, infusion: int | None
) -> None:
    second = FIRST_INFUSION.replace(month=3, day=4)
    event = only(merged(report(on=on), infusions=((2, second), (1, FIRST_INFUSION))))
    assert (event.treatment_emergent, event.pre_existing, event.after_infusion) == (
        emergent,
        pre_existing,
        infusion,
    )


def test_before_any_infusion_nothing_emerged_from_it_and_nothing_is_called_pre_existing() -> None:
    event = only(merged(report(), infusions=()))
    assert (event.treatment_emergent, event.pre_existing, event.after_infusion) == (False, False, None)


def test_the_record_names_the_term_its_codes_and_its_day() -> None:
    event = only(merged(report(grade=3)))
    assert (event.meddra, event.soc, event.hematologic) == ("10001551", "Investigations", False)
    assert (event.onset, event.onset_on, event.onset_day) == ("2026-03-10", date(2026, 3, 10), 4)
    assert (event.grade, event.worst_possible, event.worst_on) == (3, 3, "2026-03-10")
    assert [(each.grade, each.at_least, each.reference) for each in event.changes] == [
        (3, False, "AdverseEvent/1")
    ]
    assert only(merged(report(terms=("Anemia",)))).hematologic
    assert only(merged(report(), terms=None)).meddra is None


def test_an_undated_report_with_a_grade_has_no_course() -> None:
    event = only(merged(report(on=None, grade=2)))
    assert (event.grade, event.worst_on, event.changes) == (2, None, ())


def test_a_report_by_month_has_no_day() -> None:
    event = only(merged(report(on="2026-03"), day_zero=None))
    assert (event.onset, event.onset_on, event.onset_day) == ("2026-03", None, None)


def test_the_id_is_that_of_the_first_report() -> None:
    again = only(merged(report(grade=3)))
    assert again.id == only(merged(report())).id
    other = only(merged(replace(report(), source=version("AdverseEvent", "2"))))
    assert again.id != other.id
    assert len(again.id) == len("AE-") + 12


def test_the_highest_grade_of_several_reports_of_one_event_holds() -> None:
    event = only(merged(report("1", grade=2), report("2", on="2026-03-11", grade=3)))
    assert (event.grade, event.changes[0].reference) == (3, "AdverseEvent/2")
