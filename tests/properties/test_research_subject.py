"""What is written about a subject is read back unchanged, whatever it is."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from fhir_adapter.domain.moments import FhirDateTime, Precision
from fhir_adapter.domain.outgoing import ParticipationStatement
from fhir_adapter.r4.build_research_subject import build_research_subject
from fhir_adapter.r4.outgoing_reference import conditional_reference
from fhir_adapter.r4.participation_codes import ResearchSubjectStatus
from fhir_adapter.r4.read_research_subject import read_research_subject

SYSTEM = "https://trial.example/subjects"
IDS = st.from_regex(r"[A-Za-z0-9\-.]{1,64}", fullmatch=True)
WORDS = st.text(st.characters(codec="utf-8", categories=["L", "N"]), min_size=1, max_size=20)
DAYS = st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 12, 31)).map(
    lambda day: FhirDateTime(day.isoformat(), Precision.DAY, day)
)
STUDIES = st.one_of(
    IDS.map(lambda study: f"ResearchStudy/{study}"),
    WORDS.map(lambda value: conditional_reference("ResearchStudy", ("https://trial.example/studies", value))),
)
STATEMENTS = st.builds(
    ParticipationStatement,
    identifier=st.tuples(st.just(SYSTEM), WORDS),
    status=st.sampled_from([status.value for status in ResearchSubjectStatus]),
    patient=IDS,
    study=STUDIES,
    since=st.none() | DAYS,
    until=st.none() | DAYS,
    consent=st.none() | IDS.map(lambda consent: f"Consent/{consent}"),
    actual_arm=st.none() | WORDS,
)


@given(STATEMENTS)
def test_reading_a_built_subject_gives_the_statement_back(statement: ParticipationStatement) -> None:
    assert read_research_subject(build_research_subject(statement), identifier_system=SYSTEM) == statement
