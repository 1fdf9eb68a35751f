"""No fever: masked, declared before, not known; and what the hospital says."""

from __future__ import annotations

from typing import Final

from fhir_adapter.domain.source import RejectionReason
from tests.builders import diagnosis, receipt, refused
from tests.crs import flow, given, named, temperature
from tests.crs_cases.case import (
    FEVER,
    HIGH_FLOW,
    MASK,
    NO_FEVER,
    NOREPINEPHRINE,
    case,
    ran,
)

TOCILIZUMAB: Final = given("tocilizumab", "2026-02-10T09:00")  # 28 days later is 10 March

MASKED: Final = (
    case("no fever, one pressor", NO_FEVER, NOREPINEPHRINE, expected="G0"),
    case("no fever, an inotrope", NO_FEVER, ran("dobutamine", "09:00-15:00"), expected="G0"),
    case("masked for 28 days", NO_FEVER, NOREPINEPHRINE, TOCILIZUMAB, expected="G3 hypotension NEEDS_ATTESTATION"),
    case(
        "not on the 29th",
        NO_FEVER,
        NOREPINEPHRINE,
        given("tocilizumab", "2026-02-09T09:00"),
        expected="G0",
    ),
    case(
        "masked by another blocker",
        NO_FEVER,
        NOREPINEPHRINE,
        given("interleukin-blocker", "2026-03-01T09:00"),
        expected="G3 hypotension NEEDS_ATTESTATION",
    ),
    *(
        case(
            f"masked by {drug}",
            NO_FEVER,
            MASK,
            given(drug, "2026-03-09T10:00"),
            expected="G3 hypoxia NEEDS_ATTESTATION",
        )
        for drug in (
            *("prednisone", "prednisolone", "methylprednisolone", "dexamethasone", "hydrocortisone"),
            *("betamethasone", "cortisone", "triamcinolone", "deflazacort", "antipyretic"),
        )
    ),
    case(
        "steroid over 24 hours ago",
        NO_FEVER,
        MASK,
        given("dexamethasone", "2026-03-09T08:59"),
        expected="G0",
        at="2026-03-10T09:00",
    ),
    case(
        "antipyretic over 24 hours ago",
        NO_FEVER,
        MASK,
        given("antipyretic", "2026-03-09T08:59"),
        expected="G0",
        at="2026-03-10T09:00",
    ),
    *(
        case(
            f"steroid, {route}",
            NO_FEVER,
            MASK,
            given("dexamethasone", "2026-03-10T07:00", route=named(route)),
            expected="G0",
        )
        for route in (
            *("intrathecal", "topical", "inhaled", "nasal", "ophthalmic", "otic", "rectal", "intra-articular"),
        )
    ),
    *(
        case(
            f"antipyretic, {route}",
            NO_FEVER,
            MASK,
            given("antipyretic", "2026-03-10T07:00", route=named(route)),
            expected=expected,
        )
        for route, expected in (
            *(("topical", "G0"), ("ophthalmic", "G0"), ("otic", "G0"), ("nasal", "G0")),
            *(("rectal", "G3 hypoxia NEEDS_ATTESTATION"), ("oral", "G3 hypoxia NEEDS_ATTESTATION")),
        )
    ),
    case(
        "steroid, route not stated",
        NO_FEVER,
        MASK,
        given("dexamethasone", "2026-03-10T07:00", route=None),
        expected="G3 hypoxia NEEDS_ATTESTATION",
    ),
    case(
        "steroid, nobody knows when",
        NO_FEVER,
        MASK,
        given("dexamethasone", None),
        expected="G3 hypoxia NEEDS_ATTESTATION",
    ),
    case(
        "steroid not given",
        NO_FEVER,
        MASK,
        given("dexamethasone", "2026-03-10T07:00", status="not-done"),
        expected="G0",
    ),
    case(
        "steroid over three days",
        NO_FEVER,
        MASK,
        given("dexamethasone", "2026-03-06T09:00/2026-03-09T10:00"),
        expected="G3 hypoxia NEEDS_ATTESTATION",
    ),
    case(
        "steroid in progress",
        NO_FEVER,
        MASK,
        given("dexamethasone", "2026-03-06T09:00/", status="in-progress"),
        expected="G3 hypoxia NEEDS_ATTESTATION",
    ),
    case("masked, and nothing else", NO_FEVER, TOCILIZUMAB, expected="G0"),
    case("no temperature, one pressor", NOREPINEPHRINE, expected="G3 hypotension MISSING"),
    case(
        "a fever not final, one pressor",
        temperature("39", "2026-03-10T08:00", status="preliminary"),
        NOREPINEPHRINE,
        expected="G3 hypotension MISSING",
    ),
    case(
        "no longer febrile, declared",
        FEVER,
        temperature("37.0", "2026-03-10T09:00"),
        NOREPINEPHRINE,
        expected="G3 hypotension NEEDS_ATTESTATION",
    ),
    case(
        "declared by the hospital",
        NO_FEVER,
        NOREPINEPHRINE,
        diagnosis("crs", "2026-03-10T09:00"),
        expected="G3 hypotension NEEDS_ATTESTATION",
    ),
    case(
        "declared by the hospital later",
        NO_FEVER,
        NOREPINEPHRINE,
        diagnosis("crs", "2026-03-10T10:01"),
        expected="G0",
    ),
    case(
        "declared by the hospital, not confirmed",
        NO_FEVER,
        NOREPINEPHRINE,
        diagnosis("crs", "2026-03-10T09:00", verification_status="provisional"),
        expected="G0",
    ),
    case("drugs not read", NO_FEVER, NOREPINEPHRINE, expected="G3 hypotension MISSING", read=None),
    case(
        "drugs not read to the end",
        NO_FEVER,
        NOREPINEPHRINE,
        expected="G3 hypotension MISSING",
        read=receipt("MedicationAdministration", complete=False),
    ),
    case(
        "a drug nobody can name, 28 days before",
        NO_FEVER,
        NOREPINEPHRINE,
        refused(RejectionReason.UNMAPPED_CODE, kind="MedicationAdministration", at="2026-02-10T12:00"),
        expected="G3 hypotension UNMAPPED",
    ),
    case(
        "a drug nobody can name, 29 days before",
        NO_FEVER,
        NOREPINEPHRINE,
        refused(RejectionReason.UNMAPPED_CODE, kind="MedicationAdministration", at="2026-02-09T12:00"),
        expected="G0",
    ),
    case(
        "masked: a bolus",
        NO_FEVER,
        TOCILIZUMAB,
        given("epinephrine", "2026-03-10T09:50"),
        expected="G0..3 hypotension NEEDS_ATTESTATION",
    ),
    case(
        "masked: high flow at 5",
        NO_FEVER,
        TOCILIZUMAB,
        HIGH_FLOW,
        flow("5", "2026-03-10T09:30"),
        expected="G2..3 hypoxia NEEDS_ATTESTATION",
    ),
)

STATED: Final = tuple(
    case(
        f"the hospital says grade {grade}",
        NO_FEVER,
        diagnosis("crs", "2026-03-10T09:00", concepts=named("crs", f"crs-grade-{grade}")),
        expected="G0",
    )
    for grade in range(1, 6)
)
