"""A subject as it stood when a decision was made that is recorded later. The window ends on 17 April at 00:00."""

from __future__ import annotations

from typing import Any

import pytest

from fhir_adapter.domain.cohort.backdated import stood_at
from fhir_adapter.domain.cohort.subject import Counted, count_as
from tests.cohorts import subject
from tests.reactions import at


def counted(kind: str, moment: str, **given: Any) -> Counted:
    """What a subject of a kind counted as at a moment."""
    return count_as(stood_at(subject("S-1", kind, 1, **given), at(moment)), "phase1")


@pytest.mark.parametrize(
    ("moment", "as_then"), [("04-17T00:00", Counted.CLEAR), ("04-16T23:59", Counted.OBSERVED)]
)
def test_before_its_window_was_over_it_was_still_observed(moment: str, as_then: Counted) -> None:
    assert counted("N", moment) is as_then


@pytest.mark.parametrize(("moment", "as_then"), [("03-05", Counted.TOXIC), ("03-04", Counted.OBSERVED)])
def test_a_toxicity_counts_from_when_it_began_though_it_was_judged_later(moment: str, as_then: Counted) -> None:
    assert counted("T", moment) is as_then


def test_a_suspicion_counts_from_when_it_began() -> None:
    assert counted("U", "03-05") is Counted.SUSPECTED
    assert counted("U", "03-04") is Counted.OBSERVED


def test_a_toxicity_that_began_at_an_unknown_time_counts_always() -> None:
    assert counted("T", "03-03", suspected_since=None) is Counted.TOXIC


def test_nothing_is_traced_to_a_toxicity_that_came_later() -> None:
    early = stood_at(subject("S-1", "T", 1), at("03-04"))
    assert early.record is not None
    assert (early.record.dose_limiting, early.record.evaluable, early.record.events) == (False, None, ())


def test_before_its_first_infusion_it_had_no_place() -> None:
    early = stood_at(subject("S-1", "N", 1, infusions=((1, at("03-02")), (2, at("03-19")))), at("03-02"))
    assert early.infusions == ((1, at("03-02")),)
    assert counted("N", "03-01") is Counted.OUTSIDE


@pytest.mark.parametrize(("moment", "as_then"), [("03-01", Counted.RESERVED), ("02-28", Counted.OUTSIDE)])
def test_a_place_is_reserved_from_the_assignment_on(moment: str, as_then: Counted) -> None:
    assert counted("R", moment, assigned=(at("03-01"), at("03-01"))) is as_then


def test_whom_a_person_replaced_stays_replaced() -> None:
    assert counted("X", "03-10") is Counted.REPLACED


def test_without_a_safety_record_it_is_as_little_known_as_now() -> None:
    assert counted("N", "03-10", record=None) is Counted.UNKNOWN_RECORD
