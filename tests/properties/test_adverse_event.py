"""Adverse events are read back as written, and no merge loses anybody's work."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from fhir_adapter.domain.codes import Coding
from fhir_adapter.domain.reported_event import Suspect
from fhir_adapter.domain.safety.event_statement import AdverseEventStatement
from fhir_adapter.domain.writeback import merge_three_way
from fhir_adapter.r4.build_adverse_event import OUTCOMES, build_adverse_event
from fhir_adapter.r4.read_own_adverse_event import read_own_adverse_event

SYSTEM = "https://trial.example/adverse-events"
IDS = st.from_regex(r"[A-Za-z0-9\-.]{1,64}", fullmatch=True)
WORDS = st.text(st.characters(codec="utf-8", categories=["L", "N"]), min_size=1, max_size=20)
DAYS = st.dates().map(lambda day: day.isoformat())
MOMENTS = DAYS.map("{}T09:30:00+01:00".format)
EVENTS = st.builds(
    AdverseEventStatement,
    identifier=st.tuples(st.just(SYSTEM), WORDS),
    title=WORDS,
    codings=st.lists(
        st.builds(Coding, WORDS.map("https://s/{}".format), WORDS, st.none() | WORDS), max_size=2
    ).map(tuple),
    category=st.none() | WORDS,
    patient=IDS,
    study=IDS.map("ResearchStudy/{}".format) | st.tuples(WORDS.map("https://s/{}".format), WORDS),
    onset=st.none() | DAYS | MOMENTS,
    detected=st.none() | MOMENTS,
    recorded=MOMENTS,
    grade=st.none() | st.integers(1, 5),
    serious=st.booleans(),
    outcome=st.sampled_from(sorted(OUTCOMES)),
    suspects=st.lists(
        st.builds(
            Suspect,
            reference=IDS.map("MedicationAdministration/{}".format),
            relatedness=st.none() | st.sampled_from(["related", "possible", "unlikely", "not-related"]),
        ),
        max_size=2,
    ).map(tuple),
    conditions=st.lists(IDS.map("Condition/{}".format), max_size=2).map(tuple),
)


@settings(max_examples=40)
@given(EVENTS)
def test_an_event_is_read_back_as_written(event: AdverseEventStatement) -> None:
    assert read_own_adverse_event(build_adverse_event(event), identifier_system=SYSTEM) == event


@settings(max_examples=40)
@given(EVENTS, EVENTS, st.sampled_from(["outcome", "seriousness", "date", "note"]))
def test_what_somebody_changed_stays_and_the_rest_follows_us(
    last: AdverseEventStatement, now: AdverseEventStatement, edited: str
) -> None:
    before, ours = build_adverse_event(last), build_adverse_event(now)
    theirs: dict[str, Any] = {
        **before,
        "id": "1",
        edited: {"text": "theirs"},
        "location": {"reference": "Location/1"},
    }
    merge = merge_three_way(before, theirs, before, ours)
    assert merge.body["location"] == {"reference": "Location/1"}
    assert merge.body[edited]["text"] == "theirs"
    assert merge.body["identifier"] == ours["identifier"]
    assert merge.body["recordedDate"] == ours["recordedDate"]
