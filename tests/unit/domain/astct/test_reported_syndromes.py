"""What an AdverseEvent says of CRS or ICANS is compared with the proposal; it makes no event of its own."""

from __future__ import annotations

from datetime import timedelta

from fhir_adapter.domain.astct.reported_syndromes import ReportedSyndromes, reported_syndromes
from fhir_adapter.domain.astct.stated import Stated
from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.facts import Fact
from fhir_adapter.domain.timeline import build_timeline
from tests.unit.domain.safety.reports import (
    AS_OF,
    OURS,
    RULE,
    ZONE,
    contesting,
    merged,
    moment,
    report,
    timeline_of,
)

CRS = report(terms=("Cytokine release syndrome",), grade=3)
ICANS = report("2", terms=(), concepts=(ConceptId("icans"),))


def stated(*facts: Fact) -> ReportedSyndromes:
    return reported_syndromes(timeline_of(*facts), RULE, as_of=AS_OF, zone=ZONE)


def one(found: tuple[Stated, ...]) -> Stated:
    (said,) = found
    return said


def test_each_report_is_stated_under_its_syndrome_and_makes_no_event() -> None:
    found = stated(CRS, ICANS, report("3"))
    said = one(found.crs)
    assert (said.reference, said.grade, said.counts) == ("AdverseEvent/1", 3, True)
    assert said.why == "the hospital reports it as an adverse event; the scale of its grade is not stated"
    assert (said.first, said.last) == (
        moment("2026-03-10").earliest(ZONE),
        moment("2026-03-10").latest(ZONE),
    )
    assert said.evidence[0].reference == "AdverseEvent/1"
    assert (one(found.icans).grade, one(found.icans).why) == (None, "the hospital reports it as an adverse event")
    assert merged(CRS, ICANS) == ()


def test_one_without_a_time_is_placed_by_when_it_was_noticed_or_not_at_all() -> None:
    noticed = one(stated(report(on=None, terms=CRS.terms, detected=moment("2026-03-10T08:00:00+01:00"))).crs)
    assert noticed.first == noticed.last == moment("2026-03-10T08:00:00+01:00").instant
    assert noticed.why.endswith("by when it was noticed")
    assert noticed.begun_by  # it may have begun long before
    assert one(stated(report(on=None, terms=CRS.terms)).crs).first is None
    assert not one(stated(report(terms=CRS.terms)).crs).begun_by


def test_what_begins_later_or_is_our_own_come_back_is_not_stated() -> None:
    late = report(terms=CRS.terms, on="2026-03-20T12:00:00+01:00")
    assert len(stated(late).crs) == 1
    before = AS_OF - timedelta(seconds=1)
    assert reported_syndromes(timeline_of(late), RULE, as_of=before, zone=ZONE).crs == ()
    assert stated(report(terms=CRS.terms, identifiers=((OURS, "AE-1"),))).crs == ()


def test_a_contested_report_is_shown_once_and_does_not_count() -> None:
    timeline = build_timeline(contesting(CRS, report(terms=CRS.terms, grade=1)), ())
    said = one(reported_syndromes(timeline, RULE, as_of=AS_OF, zone=ZONE).crs)
    assert (said.grade, said.counts) == (None, False)
    assert said.why.endswith("two contents contest each other")
