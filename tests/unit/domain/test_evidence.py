from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from fhir_adapter.domain.codes import Coding
from fhir_adapter.domain.evidence import (
    amount_of,
    of_attestation,
    of_consent,
    of_event,
    of_finding,
    of_patient,
    plain,
)
from fhir_adapter.domain.facts import CodedValue
from fhir_adapter.domain.moments import Effective
from fhir_adapter.domain.quantity import Quantity
from fhir_adapter.domain.records import Amount
from fhir_adapter.domain.statements import SignerRole
from tests.builders import attestation, consent, diagnosis, finding, moment, patient, quantity
from tests.scenes import timeline


def test_reported_digits_and_comparators_survive() -> None:
    assert amount_of(quantity("<=0.50", "mg/dL")) == Amount("0.50", "mg/dL", "<=")
    assert amount_of(True) == Amount("true")
    assert amount_of(False) == Amount("false")


@pytest.mark.parametrize(
    ("codings", "text", "expected"),
    [
        ((Coding("s", "a", "Absent"), Coding("s", "b")), None, "a (Absent)"),
        ((Coding("s", None), Coding("s", "b")), None, "b"),
        ((), "not seen", "not seen"),
        ((), None, ""),
    ],
)
def test_a_coded_answer_is_shown_by_its_code_or_text(
    codings: tuple[Coding, ...], text: str | None, expected: str
) -> None:
    assert amount_of(CodedValue(codings, text, ())).value == expected


@pytest.mark.parametrize(("number", "expected"), [("1E+2", "100"), ("0.50", "0.50"), ("1E+99", "1E+99")])
def test_standardised_numbers_are_written_plainly(number: str, expected: str) -> None:
    assert plain(Decimal(number)) == expected


def test_a_finding_is_cited_to_its_version_path_and_time() -> None:
    cited = of_finding(finding("alt", "30", "U/L", id_="a", standard=Quantity(Decimal("0.5"), "ukat/L")))
    assert (cited.reference, cited.version, cited.path, cited.role) == (
        "Observation/a",
        "1",
        "Observation.value",
        "value",
    )
    assert cited.last_updated == "2026-03-10T06:00:00+01:00"
    assert (cited.reported, cited.standard) == (Amount("30", "U/L"), Amount("0.5", "ukat/L"))
    assert (cited.effective, cited.note) == ("2026-03-09T08:00:00+01:00", None)


def test_an_assumed_zone_and_a_preliminary_status_are_shown() -> None:
    start = replace(moment("2026-03-09T08:00"), assumed_zone="Europe/Berlin (declared by A. Admin)")
    cited = of_finding(finding("alt", "<30", "U/L", effective=Effective(start), status="preliminary"))
    assert cited.note == "status preliminary; time zone assumed: Europe/Berlin (declared by A. Admin)"
    assert cited.standard == Amount("30", "U/L", "<")


@pytest.mark.parametrize(
    ("at", "expected"),
    [("2026-03-01/2026-03-02", "2026-03-01/2026-03-02"), ("2026-03-01/", "2026-03-01/"), (None, None)],
)
def test_periods_are_written_from_start_to_end(at: str | None, expected: str | None) -> None:
    assert of_finding(finding("alt", "30", "U/L", at=at)).effective == expected


def test_an_end_without_start_and_no_time_at_all() -> None:
    assert of_finding(finding("alt", "30", "U/L", at="/2026-03-02")).effective == "/2026-03-02"
    assert of_finding(finding("alt", "30", "U/L", effective=Effective(None))).effective is None


def test_a_source_without_last_updated_says_so() -> None:
    bare = finding("alt", "30", "U/L")
    assert of_finding(replace(bare, source=replace(bare.source, last_updated=None))).last_updated is None


def test_a_problem_is_cited_with_both_statuses_as_far_as_known() -> None:
    facts = timeline()
    assert of_event(diagnosis("aml"), facts)[0].note == "active/confirmed"
    assert of_event(diagnosis("aml", clinical_status=None), facts)[0].note == "confirmed"


def test_a_consent_is_cited_with_its_signers() -> None:
    assert of_consent(consent(SignerRole.PATIENT, denies=True)).note == "signed by patient; provision deny"
    undated = of_consent(consent(signed=None))
    assert (undated.note, undated.effective) == ("signed by nobody named", None)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, "true"),
        (False, "false"),
        (moment("2026-03-26").first_day, "2026-03-26"),
        (Decimal(2), "2"),
        ("tbi", "tbi"),
    ],
)
def test_a_statement_is_cited_with_its_value(value: object, expected: str) -> None:
    cited = of_attestation(attestation("X", value))  # type: ignore[arg-type]
    assert cited.reported == Amount(expected)


def test_a_patient_is_cited_only_where_known() -> None:
    facts = timeline(patient())
    assert of_patient(facts, "birthDate", "2018-05-20")[0].path == "Patient.birthDate"
    assert of_patient(facts, "birthDate", None) == ()
    assert of_patient(timeline(), "gender", "male") == ()
