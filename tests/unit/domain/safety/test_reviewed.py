"""What a person looks at before a subject counts: relapse, graft failure, by onset or by when it was recorded."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.facts import Diagnosis
from fhir_adapter.domain.safety.reviewed import Happened, find_reviewed
from fhir_adapter.domain.timeline import build_timeline
from tests.builders import ZONE, diagnosis, moment, reading
from tests.reactions import at

RELAPSE = ConceptId("leukemia-relapse")


def found(*problems: Diagnosis, as_of: str = "03-31") -> tuple[Happened, ...]:
    timeline = build_timeline([reading(each) for each in problems], ())
    return find_reviewed(timeline, (RELAPSE, ConceptId("graft-failure")), as_of=at(as_of), zone=ZONE)


def relapse(since: str | None, **more: Any) -> Diagnosis:
    return diagnosis("leukemia-relapse", since, **more)


def test_a_problem_is_placed_by_its_onset() -> None:
    (one,) = found(relapse("2026-03-30", recorded=moment("2026-03-31")))
    assert one == Happened(first=date(2026, 3, 30), last=date(2026, 3, 30), said="leukemia relapse on 2026-03-30")


def test_a_month_may_be_any_day_of_it() -> None:
    (one,) = found(relapse("2026-03"))
    assert (one.first, one.last) == (date(2026, 3, 1), date(2026, 3, 31))
    assert one.said == "leukemia relapse on 2026-03-01 to 2026-03-31"


def test_without_an_onset_it_is_placed_by_when_it_was_recorded() -> None:
    (one,) = found(relapse(None, recorded=moment("2026-03-29")))
    assert one.first == date(2026, 3, 29)


def test_one_that_is_not_confirmed_is_looked_at_too() -> None:
    assert len(found(relapse("2026-03-30", verification_status="provisional"))) == 1


@pytest.mark.parametrize(
    "problem",
    [
        relapse(None),
        relapse("2026-04-02"),
        relapse("2026-03-30", verification_status="refuted"),
        diagnosis("seizure", "2026-03-30"),
    ],
)
def test_what_is_undated_ahead_refuted_or_another_problem_is_left_out(problem: Diagnosis) -> None:
    assert found(problem) == ()


def test_the_order_of_problems_never_shows() -> None:
    one, other = relapse("2026-03-30", id_="a"), diagnosis("graft-failure", "2026-03-20", id_="b")
    assert [each.said for each in found(one, other)] == [each.said for each in found(other, one)]
    assert found(one, other)[0].said == "graft failure on 2026-03-20"
