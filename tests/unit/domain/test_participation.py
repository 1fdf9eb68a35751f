from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from fhir_adapter.domain.criterion import Kind, Mode
from fhir_adapter.domain.logic import Truth
from fhir_adapter.domain.participation import (
    Standing,
    allowed_moves,
    check_move,
    derive_status,
    exit_status,
    has_met_part,
    verdict_of,
)
from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.records import Answer, CriterionResult, Eligibility, EligibilityRecord, Verdict
from fhir_adapter.domain.source import SubjectId, TrialId
from fhir_adapter.errors import DecisionRefusedError
from tests.study import PARTICIPATION

NOON = datetime(2026, 3, 11, 12, tzinfo=UTC)


def record(*, diagnosis: Truth = Truth.NOT_MET, consent: Verdict = Verdict.UNKNOWN) -> EligibilityRecord:
    inner = Answer(truth=diagnosis, part="diagnosis", label="leukaemia")
    return EligibilityRecord(
        subject=SubjectId("S-1"),
        trial=TrialId("t"),
        as_of=NOON,
        anchor=NOON,
        anchor_source="as-of",
        verdict=Eligibility.UNDETERMINED,
        criteria=(
            result("I2", Verdict.UNKNOWN, Answer(truth=Truth.UNKNOWN, parts=(inner,))),
            result("I1", consent),
        ),
        valid_until=None,
        definitions_digest="d",
        evidence_digest="e",
    )


def result(name: str, verdict: Verdict, *parts: Answer) -> CriterionResult:
    return CriterionResult(
        id=name,
        kind=Kind.INCLUSION,
        mode=Mode.AUTO,
        verdict=verdict,
        unknown_reason=UnknownReason.MISSING if verdict is Verdict.UNKNOWN else None,
        next_fact=None,
        parts=parts,
        evidence=(),
    )


def standing(
    status: str | None = None, *, moved: bool = False, listed: bool = False, stopped: bool = False
) -> Standing:
    return Standing(status=status, moved=moved, listed=listed, stopped=stopped)


def test_a_prescreened_patient_without_the_diagnosis_and_without_consent_is_not_written() -> None:
    assert derive_status(PARTICIPATION, standing(), record()) is None


def test_a_prescreened_patient_with_the_diagnosis_is_a_potential_candidate() -> None:
    assert derive_status(PARTICIPATION, standing(), record(diagnosis=Truth.MET)) == "potential-candidate"


def test_an_unknown_diagnosis_makes_nobody_a_potential_candidate() -> None:
    assert derive_status(PARTICIPATION, standing(), record(diagnosis=Truth.UNKNOWN)) is None


def test_a_listed_patient_is_a_candidate_whatever_the_diagnosis() -> None:
    assert derive_status(PARTICIPATION, standing(listed=True), record()) == "candidate"


def test_a_listed_patient_with_the_diagnosis_is_a_candidate_not_a_potential_one() -> None:
    assert derive_status(PARTICIPATION, standing(listed=True), record(diagnosis=Truth.MET)) == "candidate"


@pytest.mark.parametrize("status", [None, "potential-candidate", "candidate"])
def test_a_valid_consent_means_screening_for_anybody_in_scope(status: str | None) -> None:
    assert derive_status(PARTICIPATION, standing(status), record(consent=Verdict.PASS)) == "screening"


def test_a_potential_candidate_who_is_listed_later_becomes_a_candidate() -> None:
    assert derive_status(PARTICIPATION, standing("potential-candidate", listed=True), record()) == "candidate"


def test_nobody_falls_back_when_the_grounds_disappear() -> None:
    assert derive_status(PARTICIPATION, standing("screening", listed=True), record()) == "screening"
    assert derive_status(PARTICIPATION, standing("potential-candidate"), record()) == "potential-candidate"


def test_a_subject_a_person_moved_is_never_touched() -> None:
    moved = standing("not-registered", moved=True, listed=True)
    assert derive_status(PARTICIPATION, moved, record(consent=Verdict.PASS)) == "not-registered"


def test_nothing_is_automatic_once_consent_is_withdrawn_or_the_patient_died() -> None:
    stopped = standing("candidate", listed=True, stopped=True)
    assert derive_status(PARTICIPATION, stopped, record(consent=Verdict.PASS)) == "candidate"


def test_a_status_the_trial_does_not_allow_as_automatic_is_not_set() -> None:
    rule = replace(PARTICIPATION, automatic=("candidate",))
    assert derive_status(rule, standing(), record(diagnosis=Truth.MET, consent=Verdict.PASS)) is None


def test_an_automatic_status_follows_the_graph_only() -> None:
    assert derive_status(PARTICIPATION, standing("ineligible"), record(diagnosis=Truth.MET)) == "ineligible"


def test_a_criterion_that_passes_counts_as_a_part_of_its_own_name() -> None:
    assert has_met_part(record(consent=Verdict.PASS), "I1")
    assert not has_met_part(record(), "I1")


def test_a_criterion_the_trial_does_not_have_has_no_verdict() -> None:
    assert verdict_of(record(), "X") is None


def test_a_move_along_an_arrow_is_allowed() -> None:
    check_move(PARTICIPATION, "screening", "eligible")


def test_a_refused_move_names_the_allowed_ones() -> None:
    with pytest.raises(DecisionRefusedError, match="allowed: eligible, ineligible, withdrawn"):
        check_move(PARTICIPATION, "screening", "on-study")


def test_a_subject_who_left_cannot_be_moved() -> None:
    with pytest.raises(DecisionRefusedError, match="participation has ended"):
        check_move(PARTICIPATION, "off-study", "screening")


def test_a_patient_in_no_state_may_be_put_where_participation_begins() -> None:
    assert allowed_moves(PARTICIPATION, None) == ("potential-candidate", "candidate", "screening")
    with pytest.raises(DecisionRefusedError, match="no move from no status yet to eligible"):
        check_move(PARTICIPATION, None, "eligible")


@pytest.mark.parametrize(
    ("status", "end"),
    [
        ("screening", "withdrawn"),
        ("pending-on-study", "withdrawn"),
        ("on-study", "off-study"),
        ("follow-up", "off-study"),
        ("candidate", "not-registered"),
        ("ineligible", None),
        ("withdrawn", None),
        (None, None),
    ],
)
def test_who_withdraws_leaves_as_withdrawn_before_registration_and_off_study_afterwards(
    status: str | None, end: str | None
) -> None:
    assert exit_status(PARTICIPATION, status) == end
