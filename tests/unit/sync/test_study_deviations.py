"""The study's deviations are put together from records, consents and what persons answered."""

from __future__ import annotations

from fhir_adapter.domain.review import ItemKind
from fhir_adapter.sync.study_deviations import run_deviations
from tests.study import IDS, haemoglobin, patient
from tests.treated_ward import accepted, assigned, fludarabine, treating
from tests.ward import Ward


def kinds(ward: Ward) -> list[str]:
    """The kinds of deviations listed, in order."""
    return [each.kind.value for each in run_deviations(ward.desk)]


def test_nothing_read_is_no_deviation() -> None:
    assert run_deviations(treating().desk) == ()


def test_a_low_dose_is_listed_with_the_administration_it_rests_on() -> None:
    ward = assigned()
    ward.wait(hours=6)
    ward.give(fludarabine("p1", "10.4"))
    ward.sync()
    (low,) = [each for each in run_deviations(ward.desk) if each.kind.value == "DOSE_LOW"]
    assert (low.subject, low.item, low.day) == (IDS.subject("p1"), "fludarabine", -14)
    assert "MedicationAdministration/p1-fludarabine-2026-03-11" in low.evidence


def test_corrected_evidence_of_an_accepted_verdict_is_listed() -> None:
    ward = accepted()
    assert "EVIDENCE_CORRECTED" not in kinds(ward)
    ward.give(haemoglobin("p1", value="70", version="2"))
    ward.sync()
    assert "EVIDENCE_CORRECTED" in kinds(ward)


def test_a_consent_not_renewed_is_listed_until_somebody_answers() -> None:
    """The child born on 1 May 2014 turns 14 in 2028; a month and a day later it is a deviation."""
    ward = assigned()
    ward.wait(days=835)
    ward.sync()
    assert kinds(ward).count("CONSENT_OVERDUE") == 1
    ward.answer(ward.item(ItemKind.RENEWED_CONSENT).id, accept=False)
    assert "CONSENT_OVERDUE" not in kinds(ward)


def test_somebody_who_never_consented_owes_no_renewal() -> None:
    ward = treating(patient("p1"))
    ward.wait(days=835)
    ward.sync()
    assert kinds(ward) == []
