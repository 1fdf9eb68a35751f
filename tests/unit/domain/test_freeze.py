from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from fhir_adapter.domain.codes import Coding, ConceptId
from fhir_adapter.domain.eligibility import derive_eligibility
from fhir_adapter.domain.facts import Fact, Reading, ReferenceRange
from fhir_adapter.domain.freeze import find_corrections
from fhir_adapter.domain.operators import (
    Age,
    AllOf,
    Attestable,
    Attested,
    Compare,
    ConsentSigned,
    EventSource,
    EventWithin,
    Node,
    SignatureRule,
)
from fhir_adapter.domain.quantity import Quantity
from fhir_adapter.domain.queries import UnknownReason, Window, WindowUnit
from fhir_adapter.domain.source import RejectionReason, SubjectId
from fhir_adapter.domain.statements import SignerRole
from tests.builders import (
    ZONE,
    attestation,
    cell_product,
    consent,
    exposure,
    finding,
    patient,
    reading,
    receipt,
    refused,
    source,
    specimen,
)
from tests.scenes import AS_OF, criterion, limit, lvef, lvef_value, query, timeline, trial

LATER = "2026-03-11T06:00:00+01:00"
ALT = Compare(query=query("alt"), limit=limit("<= 3", "1"), times_uln=True)
MRD = Compare(query=query("mrd", specimens=(ConceptId("marrow"),)), limit=limit("> 0", "%"))
CELLS = EventWithin(
    concepts=(ConceptId("cells"),), sources=(EventSource.EXPOSURE,), within=Window(4, WindowUnit.MONTH)
)
SIGNED = ConsentSigned(rules=(SignatureRule(None, (SignerRole.PATIENT,)),))


def corrections(
    rule: Node, before: list[Any], after: list[Any], *, shows: tuple[str, ...] = ()
) -> tuple[str, ...]:
    """What a record frozen before no longer rests on, once more was read."""
    definitions = trial(criterion("X", rule, shows=shows))
    frozen = derive_eligibility(timeline(*before), definitions, subject=SubjectId("S"), as_of=AS_OF, zone=ZONE)
    return find_corrections(frozen, timeline(*before, *after))


def new_version(fact: Fact, *, updated: str | None = LATER, **more: Any) -> Reading:
    old = fact.source
    at = source(old.type, old.id, version="2", updated=updated, content="new")
    return reading(fact, at=at, **more)


def test_a_later_result_is_no_correction() -> None:
    assert corrections(lvef(), [lvef_value("60")], [lvef_value("30", "2026-03-10")]) == ()


def test_a_corrected_value_is_one() -> None:
    one = lvef_value("60", id_="a")
    assert corrections(lvef(), [one], [new_version(lvef_value("30", id_="a"))]) == ("Observation/a",)


def test_a_corrected_time_is_one() -> None:
    later = new_version(lvef_value("60", "2026-03-08", id_="a"))
    assert corrections(lvef(), [lvef_value("60", id_="a")], [later]) == ("Observation/a",)


def test_a_version_that_says_the_same_is_none() -> None:
    assert corrections(lvef(), [lvef_value("60", id_="a")], [new_version(lvef_value("60", id_="a"))]) == ()


def test_a_retracted_result_is_one() -> None:
    gone = Reading(
        source=source("Observation", "a", version="2", updated=LATER, content="r"), patient="child", retracts=True
    )
    assert corrections(lvef(), [lvef_value("60", id_="a")], [gone]) == ("Observation/a",)


def test_a_contested_result_is_one_even_where_one_content_says_the_same() -> None:
    contested = new_version(lvef_value("60", id_="a"), updated=None)
    assert corrections(lvef(), [lvef_value("60", id_="a")], [contested]) == ("Observation/a",)


def test_a_new_address_of_the_patient_is_none_but_another_date_of_birth_is() -> None:
    rule = Age(below=18)
    assert corrections(rule, [patient()], [new_version(patient())]) == ()
    assert corrections(rule, [patient()], [new_version(patient("2018-05-21"))]) == ("Patient/child",)
    assert corrections(rule, [patient()], [new_version(patient(None))]) == ("Patient/child",)


@pytest.mark.parametrize("uln", ["40", "35"])
def test_the_limit_of_normal_is_evidence_too(uln: str) -> None:
    before, after = (finding("alt", "30", "U/L", uln=each, id_="a") for each in ("40", uln))
    assert corrections(ALT, [before], [new_version(after)]) == (() if uln == "40" else ("Observation/a",))


def test_a_limit_chosen_among_ranges_is_evidence_too() -> None:
    def ranged(high: str) -> Fact:
        limits = (
            ReferenceRange(path="r0", low=None, high=Quantity(Decimal(high), "U/L")),
            ReferenceRange(path="r1", low=None, high=None),
        )
        return finding("alt", "30", "U/L", ranges=limits[:1] if high == "40" else limits, id_="a")

    assert corrections(ALT, [ranged("40")], [new_version(ranged("40"))]) == ()
    assert corrections(ALT, [ranged("40")], [new_version(ranged("35"))]) == ("Observation/a",)


def test_the_specimen_is_evidence_too() -> None:
    mrd = finding("mrd", "0.05", "%", specimen_reference="Specimen/s", id_="a")
    before = [mrd, specimen("s", "marrow")]
    assert corrections(MRD, before, [new_version(specimen("s", "marrow"))]) == ()
    assert corrections(MRD, before, [new_version(specimen("s", "blood"))]) == ("Specimen/s",)


def test_the_bag_of_cells_is_evidence_too() -> None:
    given = exposure("cells", "2026-01-01", id_="e", supporting=("BiologicallyDerivedProduct/b",))
    lot = (Coding("https://bank.example", "NK"),)
    before = [given, cell_product("b", "cells", codings=lot)]
    assert corrections(CELLS, before, [new_version(cell_product("b", "cells", codings=lot))]) == ()
    assert corrections(CELLS, before, [new_version(cell_product("b", "cells"))]) == (
        "BiologicallyDerivedProduct/b",
    )


def test_events_consents_statements_and_gaps_are_evidence_too() -> None:
    given = exposure("cells", "2026-01-01", id_="e")
    assert corrections(CELLS, [given], [new_version(given)]) == ()
    assert corrections(CELLS, [given], [new_version(exposure("cells", "2025-01-01", id_="e"))]) == (
        "MedicationAdministration/e",
    )
    signed = consent(SignerRole.PATIENT)
    assert corrections(SIGNED, [signed], [new_version(consent(SignerRole.PATIENT, status="inactive"))]) == (
        "Consent/consent",
    )
    said = attestation("X", id_="q")
    assert corrections(Attested(link_id="X"), [said], [new_version(said)]) == ()
    refusal = refused(RejectionReason.UNKNOWN_UNIT, "lvef", id_="g")
    assert corrections(lvef(), [refusal], [new_version(lvef_value("60", id_="g"))]) == ("Observation/g",)


def test_what_was_only_shown_and_receipts_are_no_evidence() -> None:
    rule = AllOf(of=(lvef(), Attestable(rule=CELLS, by=Attested(link_id="X"), on=(UnknownReason.MISSING,))))
    crp = finding("crp", "5", "mg/L", id_="c")
    before = [lvef_value("60"), receipt("MedicationAdministration"), crp]
    changed = new_version(finding("crp", "50", "mg/L", id_="c"))
    assert corrections(rule, before, [changed], shows=("crp",)) == ()
