from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from fhir_adapter.domain.criterion import ClearanceCriterion
from fhir_adapter.domain.operators import Attested
from fhir_adapter.domain.records import Verdict
from fhir_adapter.domain.statements import Attestation
from fhir_adapter.domain.treatment_operators import NoReaction, ReactionReading, Resolution
from fhir_adapter.errors import DecisionRefusedError, UsageError
from fhir_adapter.sync.attest import Attesting, AttestRequest, explain_statement, run_attest
from tests.study import DIGEST, make_trial, whole_patient
from tests.treated_ward import treating_trial
from tests.ward import Ward


def ward() -> Ward:
    made = Ward(*whole_patient("p1"))
    made.sync()
    return made


def attest(where: Ward, link: str, value: str, *, by: str = "weber", supersedes: str | None = None) -> Attesting:
    return run_attest(
        where.desk,
        AttestRequest(subject="Patient/p1", link=link, value=value, by=by, reason="asked", supersedes=supersedes),
    )


def verdict(where: Ward, criterion: str) -> Verdict:
    return next(result.verdict for result in where.record("p1").criteria if result.id == criterion)


def statements(where: Ward) -> list[Attestation]:
    readings = where.store.facts.load_readings(where.row("p1").person, reading_digest=DIGEST)
    return [fact for reading in readings for fact in reading.facts if isinstance(fact, Attestation)]


def test_a_statement_decides_the_criterion_at_once() -> None:
    at_work = ward()
    made = attest(at_work, "I4", "true")
    assert verdict(at_work, "I4") is Verdict.PASS
    assert made.record is not None
    assert made.record.unknown == ()
    assert made.meaning == "I4 = true: a donor is at hand"


def test_a_statement_keeps_author_time_and_reason_and_stays_in_the_adapter() -> None:
    at_work = ward()
    made = attest(at_work, "I4", "true", by="Dr. Ben Lang")
    (statement,) = statements(at_work)
    assert (statement.author, statement.reason, statement.origin) == ("lang", "asked", "trial")
    assert statement.authored.instant == at_work.clock.now()
    assert statement.source.reference == f"Attestation/{made.id}"
    entry = at_work.store.records.audit_entries()[-1]
    assert (entry.who, entry.action, entry.new, entry.reason) == ("lang", "attest", "I4=true", "asked")
    at_work.sync()
    assert {kind for kind, _ in at_work.held.held} == {"ResearchStudy", "ResearchSubject", "Provenance"}


def test_the_same_statement_at_the_same_moment_is_one() -> None:
    at_work = ward()
    assert attest(at_work, "I4", "true").id == attest(at_work, "I4", "true").id
    assert len(statements(at_work)) == 1


def test_a_later_statement_of_the_same_author_replaces_the_earlier() -> None:
    at_work = ward()
    attest(at_work, "I4", "true")
    at_work.wait(minutes=5)
    attest(at_work, "I4", "false")
    assert verdict(at_work, "I4") is Verdict.FAIL


def test_authors_who_disagree_leave_it_open_until_one_supersedes_the_other() -> None:
    at_work = ward()
    first = attest(at_work, "I4", "true", by="weber")
    at_work.wait(minutes=5)
    attest(at_work, "I4", "false", by="lang")
    assert verdict(at_work, "I4") is Verdict.UNKNOWN
    at_work.wait(minutes=5)
    attest(at_work, "I4", "false", by="lang", supersedes=first.id)
    assert verdict(at_work, "I4") is Verdict.FAIL


def test_only_an_earlier_statement_about_the_same_can_be_superseded() -> None:
    at_work = ward()
    other = attest(at_work, "donor-type", "related")
    for name in (other.id, "unknown"):
        with pytest.raises(UsageError, match="no earlier statement"):
            attest(at_work, "I4", "true", supersedes=name)


@pytest.mark.parametrize(
    ("link", "text", "value"),
    [
        ("I4", "false", False),
        ("planned-day-0", "2026-04-01", date(2026, 4, 1)),
        ("dose-level", "2", Decimal(2)),
        ("donor-type", "haploidentical", "haploidentical"),
    ],
)
def test_a_statement_has_the_type_its_link_asks_for(link: str, text: str, value: object) -> None:
    at_work = ward()
    attest(at_work, link, text)
    assert [statement.value for statement in statements(at_work)] == [value]


@pytest.mark.parametrize(
    ("link", "text", "expected"),
    [
        ("I4", "yes", "true or false"),
        ("planned-day-0", "1.4.2026", "YYYY-MM-DD"),
        ("dose-level", "two", "whole number"),
        ("donor-type", "brother", "haploidentical or related"),
        ("I9", "true", "no statement I9; it has: E1, I4, donor-type, dose-level, planned-day-0"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_by_naming_what_does(link: str, text: str, expected: str) -> None:
    with pytest.raises(UsageError, match=expected):
        attest(ward(), link, text)


def test_before_it_is_saved_a_statement_on_an_exclusion_says_which_way_it_turns() -> None:
    trial = make_trial()
    assert explain_statement(trial, "E1", "true").endswith("(the exclusion applies: FAIL)")
    assert explain_statement(trial, "E1", "false").endswith("(the exclusion does not apply)")


def test_the_author_must_be_listed() -> None:
    with pytest.raises(DecisionRefusedError, match="not listed"):
        attest(ward(), "I4", "true", by="stranger")


def test_where_a_criterion_asks_for_a_role_its_author_needs_it() -> None:
    at_work = ward()
    trial = make_trial()
    criteria = tuple(
        replace(each, rule=Attested(link_id="I4", roles=("pi",))) if each.id == "I4" else each
        for each in trial.criteria
    )
    at_work.trial = replace(trial, criteria=criteria)
    with pytest.raises(DecisionRefusedError, match="one of: pi"):
        attest(at_work, "I4", "true", by="kurz")
    attest(at_work, "I4", "true", by="weber")


def test_a_role_asked_for_by_a_criterion_to_infuse_is_needed_too() -> None:
    at_work = ward()
    trial = make_trial()
    asked = next(replace(each, rule=Attested(link_id="I4", roles=("pi",))) for each in trial.criteria)
    at_work.trial = replace(trial, clearance=(ClearanceCriterion(criterion=asked, infusions=(1,)),))
    with pytest.raises(DecisionRefusedError, match="one of: pi"):
        attest(at_work, "I4", "true", by="kurz")
    attest(at_work, "I4", "true", by="weber")


def test_a_reaction_is_released_with_a_reason_only() -> None:
    at_work = ward()
    release = NoReaction(
        grade=3,
        reading=ReactionReading.POSSIBLY_RELATED,
        resolution=Resolution.EVENT,
        release=Attested(link_id="I4", roles=("pi",)),
    )
    asked = replace(make_trial().criteria[0], rule=release)
    at_work.trial = replace(make_trial(), clearance=(ClearanceCriterion(criterion=asked, infusions=(2,)),))
    bare = AttestRequest(subject="Patient/p1", link="I4", value="true", by="weber")
    with pytest.raises(DecisionRefusedError, match="a reason in words"):
        run_attest(at_work.desk, bare)
    with pytest.raises(DecisionRefusedError, match="one of: pi"):
        run_attest(at_work.desk, replace(bare, by="lang", reason="resolved"))
    assert statements(at_work) == []
    run_attest(at_work.desk, replace(bare, reason="resolved"))
    assert [each.reason for each in statements(at_work)] == ["resolved"]


def test_a_dose_level_is_one_of_the_plans() -> None:
    at_work = ward()
    at_work.trial = treating_trial()
    with pytest.raises(UsageError, match="dose-level is answered with 0 or 1 or 2 or 3"):
        attest(at_work, "dose-level", "4")
    assert statements(at_work) == []
    attest(at_work, "dose-level", "0")
    assert [each.value for each in statements(at_work)] == [Decimal(0)]
