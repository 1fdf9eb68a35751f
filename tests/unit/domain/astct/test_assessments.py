"""How long a score speaks, which one counts, and the days without one."""

from __future__ import annotations

from datetime import date

import pytest

from fhir_adapter.domain.facts import Fact
from fhir_adapter.domain.source import RejectionReason
from tests.builders import refused
from tests.icans import TEEN, capd, ice, propose, rass, said, unable

AT = "2026-03-11T08:00"
NOW = "2026-03-11T09:00"


def test_a_normal_score_speaks_for_24_hours() -> None:
    record = propose(ice("10", AT), born=TEEN)
    assert said(record, "2026-03-12T07:59") == "G0"
    assert said(record, "2026-03-12T08:00") == "ungradable MISSING"


def test_a_score_that_is_not_normal_stands_until_the_next() -> None:
    record = propose(ice("5", AT), ice("10", "2026-03-14T08:00"), born=TEEN)
    assert said(record, "2026-03-14T07:59") == "G2 ice"
    assert said(record, "2026-03-14T08:00") == "G0"


def test_an_old_score_does_not_open_the_course_of_the_next_infusion() -> None:
    record = propose(ice("5", AT), born=TEEN, infused=("2026-03-09T10:00", "2026-03-13T10:00"))
    assert said(record, "2026-03-13T09:59") == "G2 ice"
    assert said(record, "2026-03-13T10:00") == "ungradable MISSING"
    assert [each.id for each in record.episodes] == ["ICANS-1"]


def test_a_score_of_the_day_before_still_holds_at_the_next_infusion() -> None:
    record = propose(ice("5", "2026-03-13T08:00"), born=TEEN, infused=("2026-03-09T10:00", "2026-03-13T10:00"))
    assert [each.id for each in record.episodes] == ["ICANS-1", "ICANS-2"]


def test_a_score_before_the_first_infusion_is_no_sign() -> None:
    record = propose(ice("0", "2026-03-09T09:59"), born=TEEN)
    assert said(record, "2026-03-09T10:00") == "ungradable MISSING"
    assert record.episodes == ()
    assert said(propose(ice("5", "2026-03-09T10:00"), born=TEEN), "2026-03-09T10:00") == "G2 ice"


def test_a_score_of_the_infusions_day_may_lie_before_it() -> None:
    record = propose(ice("5", "2026-03-09"), born=TEEN)
    assert said(record, "2026-03-09T10:00") == "G2 ice PARTIAL_DATE"
    assert said(propose(ice("10", "2026-03-09"), born=TEEN), "2026-03-09T10:00") == "G0"


def test_the_wrong_score_is_silent_while_the_right_one_speaks() -> None:
    record = propose(capd("20", "2026-03-11T09:00"), ice("10", AT), born=TEEN)
    assert said(record, "2026-03-11T10:00") == "G0"
    assert said(record, "2026-03-12T10:00") == "ungradable..3 NEEDS_ATTESTATION"
    assert record.notes == ("CAPD 2026-03-11T09:00:00+01:00 not counted: not the score for this patient",)


def test_the_wrong_score_never_replaces_the_right_one() -> None:
    record = propose(ice("5", AT), capd("0", "2026-03-11T09:00"), born=TEEN)
    assert said(record, "2026-03-13T09:00") == "G2 ice"


def test_the_right_score_replaces_the_wrong_one_for_good() -> None:
    record = propose(capd("20", AT), ice("10", "2026-03-12T08:00"), born=TEEN)
    assert said(record, "2026-03-14T08:00") == "ungradable MISSING"


def test_a_wrong_score_names_the_right_one() -> None:
    (episode,) = propose(ice("2", AT)).episodes
    assert episode.intervals[0].next_fact == "a CAPD total"
    assert (episode.grade, episode.worst) == (None, 3)
    assert propose(ice("10", AT)).episodes == ()


def test_days_without_a_score_are_listed_once_they_are_past() -> None:
    facts = [ice("10", "2026-03-09T08:00"), ice("10", "2026-03-11T20:00")]
    record = propose(*facts, born=TEEN, as_of="2026-03-13T23:59")
    assert record.missing == (date(2026, 3, 10), date(2026, 3, 12))
    later = propose(*facts, born=TEEN, as_of="2026-03-14T00:00")
    assert later.missing == (date(2026, 3, 10), date(2026, 3, 12), date(2026, 3, 13))


def test_days_are_those_of_the_window() -> None:
    assert propose(born=TEEN, until="2026-03-11T00:00").missing == (date(2026, 3, 9), date(2026, 3, 10))
    assert propose(born=TEEN, until="2026-03-11T00:01").missing[-1] == date(2026, 3, 11)


@pytest.mark.parametrize(
    "done",
    [
        [unable("ice", AT)],
        [ice("9", AT), rass("-4", AT)],
        [ice("<3", AT)],
        [ice("9", "2026-03-11")],
    ],
)
def test_a_score_that_could_not_be_done_is_an_assessment_too(done: list[Fact]) -> None:
    assert date(2026, 3, 11) not in propose(*done, born=TEEN).missing


@pytest.mark.parametrize(
    "useless",
    [
        capd("9", AT),
        ice("9", AT, status="preliminary"),
        ice("9", AT, contested=True),
        ice("9", "2026-03"),
        ice("9", None),
        unable("ice", AT, answer=""),
        rass("0", AT),
    ],
)
def test_what_is_not_the_score_for_the_age_leaves_the_day_missing(useless: Fact) -> None:
    assert date(2026, 3, 11) in propose(useless, born=TEEN).missing


def test_scores_that_could_not_be_used_are_said() -> None:
    facts = [ice("2", AT, status="preliminary"), ice("2", "2026-03"), ice("2", None)]
    gaps = [
        refused(RejectionReason.UNKNOWN_UNIT, "ice-score", at=AT, id_="a"),
        refused(RejectionReason.VALUE_ABSENT, "capd-score", at=AT, detail="not-performed", id_="b"),
        refused(RejectionReason.WRONG_PATIENT, "ice-score", at=AT, id_="c"),
    ]
    record = propose(*facts, born=TEEN, refused=gaps)
    assert record.notes == (
        "ICE 2026-03 not used: it is not dated to the day",
        "ICE 2026-03-11T08:00:00+01:00 not used: its status is preliminary",
        "ICE without a time not used: it is not dated to the day",
        "ICE 2026-03-11T08:00:00+01:00 could not be read: Observation not readable: UNKNOWN_UNIT",
        "CAPD 2026-03-11T08:00:00+01:00 was not done",
    )
    assert record.episodes == ()


def test_a_score_ahead_of_the_present_does_not_exist() -> None:
    record = propose(ice("0", "2026-03-11T08:00"), born=TEEN, as_of="2026-03-11T07:59")
    assert (record.episodes, record.notes) == ((), ())
