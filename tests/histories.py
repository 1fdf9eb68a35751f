"""What holds for any facts whatever: order, retraction, totality, validity."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.digests import digest_of
from fhir_adapter.domain.facts import Fact, Reading
from fhir_adapter.domain.operators import (
    Absence,
    Age,
    AgeAt,
    Agree,
    AllOf,
    AnyOf,
    Attestable,
    Attested,
    Coded,
    Compare,
    ConsentProvision,
    ConsentSigned,
    ConsentWithdrawn,
    EventSource,
    EventWithin,
    FirstAvailable,
    Formula,
    FormulaId,
    HasCondition,
    Sex,
    SignatureRule,
    When,
)
from fhir_adapter.domain.quantity import Comparator, Quantity
from fhir_adapter.domain.queries import AgeWindow, UnknownReason, Window, WindowUnit
from fhir_adapter.domain.source import Completeness, RejectionReason
from fhir_adapter.domain.statements import SignerRole
from tests.builders import (
    UPDATED,
    attestation,
    cell_product,
    component,
    consent,
    diagnosis,
    during,
    exposure,
    finding,
    moment,
    patient,
    procedure,
    product,
    reading,
    refused,
    source,
)
from tests.scenes import criterion, days, limit, query, trial

GFR = "mL/min/{1.73_m2}"
HOURS = Window(72, WindowUnit.HOUR)
MONTHS = Window(4, WindowUnit.MONTH)
_CREATININE = query("creatinine", window=days(14), after_last=(ConceptId("drug"),))
_HEIGHT = replace(query("height"), windows=(AgeWindow(2, days(30)), AgeWindow(None, days(90))))

TRIAL = trial(
    criterion("AGE", Age(at_least=1, below=26, at=AgeAt.CONSENT)),
    criterion("SEX", AnyOf(of=(Sex(is_="female"), Age(below=16)))),
    criterion("ALT", Compare(query=query("alt", window=days(14)), limit=limit("<= 3", "1"), times_uln=True)),
    criterion("SPO2", Compare(query=query("spo2", window=HOURS, room_air=True), limit=limit(">= 92", "%"))),
    criterion(
        "GFR",
        FirstAvailable(
            of=(
                Formula(
                    formula=FormulaId.BEDSIDE_SCHWARTZ,
                    inputs={"creatinine": _CREATININE, "height": _HEIGHT},
                    limit=limit(">= 50", GFR),
                ),
                Formula(formula=FormulaId.CKD_EPI_2021, inputs={"creatinine": _CREATININE}, limit=None),
            )
        ),
    ),
    criterion(
        "VIRUS",
        Coded(query=query("virus", window=days(30)), met=(ConceptId("detected"),), not_met=(), by_limit=True),
    ),
    criterion(
        "GVHD",
        Agree(
            of=(
                HasCondition(concepts=(ConceptId("gvhd"),), clinical=("active",), absence=Absence.COMPLETE),
                HasCondition(concepts=(ConceptId("gvhd"),), within=days(30), settled_by=(ConceptId("aml"),)),
            )
        ),
    ),
    criterion(
        "CELLS",
        Attestable(
            rule=EventWithin(
                concepts=(ConceptId("cells"),),
                sources=tuple(EventSource),
                within=MONTHS,
                undated=(ConceptId("aml"),),
            ),
            by=Attested(link_id="E2a", valid_for=HOURS),
            on=(UnknownReason.PARTIAL_DATE, UnknownReason.MISSING),
        ),
    ),
    criterion(
        "CONSENT",
        When(
            condition=ConsentWithdrawn(),
            then=ConsentProvision(concept=ConceptId("follow-up")),
            otherwise=ConsentSigned(
                rules=(SignatureRule(14, (SignerRole.REPRESENTATIVE,)), SignatureRule(None, (SignerRole.PATIENT,)))
            ),
        ),
    ),
    criterion("ASKED", AllOf(of=(Attested(link_id="E5", valid_for=Window(24, WindowUnit.HOUR)),)), shows=("alt",)),
)

near = st.dates(date(2025, 10, 1), date(2026, 4, 15))
minutes = st.integers(0, 24 * 60 - 1).map(lambda minute: f"{minute // 60:02}:{minute % 60:02}")
texts = st.one_of(
    st.builds(lambda day, clock: f"{day}T{clock}", near, minutes),
    near.map(str),
    near.map(lambda day: str(day)[:7]),
    st.sampled_from(["2025", "2026", "0001-01-01", "9999-12-31", "9999-12-31T23:59:59+00:00", "0001"]),
)
times = st.one_of(
    st.none(), texts, st.builds(lambda start, end: f"{start}/{end}", texts, st.one_of(st.just(""), texts))
)
numbers = st.sampled_from([
    "0",
    "0.4",
    "0.826",
    "2",
    "30",
    "50",
    "91.9",
    "92",
    "120",
    "-1",
    "NaN",
    "Infinity",
    "1E+999",
])
units = st.sampled_from(["mg/dL", "umol/L", "U/L", "%", "cm", "[IU]/mL", "{score}", None])


@st.composite
def findings(draw: st.DrawFn) -> Fact:
    number = Quantity(Decimal(draw(numbers)), draw(units), draw(st.sampled_from([None, *Comparator])))
    concept = draw(st.sampled_from(["alt", "spo2", "creatinine", "height", "virus"]))
    plain = finding(concept, "1", "mg/dL", at=draw(times), uln=draw(st.sampled_from([None, "40", "0"])))
    coded = finding(concept, answer=draw(st.sampled_from(["detected", "not-detected", ""])), at=draw(times))
    return replace(
        draw(st.sampled_from([replace(plain, reported=number, standard=number), coded])),
        status=draw(st.sampled_from(["final", "corrected", "preliminary"])),
        qualifiers=draw(st.sampled_from([frozenset(), frozenset({"room-air"})])),
        components=draw(
            st.sampled_from([(), (component("inhaled-oxygen-concentration", "21", "%"),)]),
        ),
    )


roles = st.sampled_from([(SignerRole.PATIENT,), (SignerRole.REPRESENTATIVE,), (SignerRole.OTHER,)])
statuses = st.sampled_from(["completed", "not-done", "unknown", "in-progress"])
facts: st.SearchStrategy[Fact] = st.one_of(
    findings(),
    st.builds(lambda at, status: exposure("cells", at, status=status), times, statuses),
    st.builds(lambda at: exposure("cells", at, supporting=("BiologicallyDerivedProduct/r1",)), times),
    st.builds(
        lambda donor: cell_product("b", "cells", donor=donor), st.sampled_from([None, "Patient/7", "Patient/8"])
    ),
    st.builds(lambda at: exposure(None, at, medication_reference="Medication/r1"), times),
    st.builds(
        lambda drug, amount: product(
            "m",
            drug,
            strengths=(((ConceptId(drug),), Quantity(Decimal(amount), "mg"), Quantity(Decimal(1), "mL")),),
        ),
        st.sampled_from(["cells", "drug"]),
        st.sampled_from(["4", "40"]),
    ),
    st.builds(lambda at: exposure("first-drug", at), times),
    st.builds(lambda at: exposure("drug", at), times),
    st.builds(lambda at, status: procedure("cells", at, status=status), times, statuses),
    st.builds(
        lambda concept, since, until, clinical: diagnosis(
            concept, since, abatement=during(until), abated=until is not None, clinical_status=clinical
        ),
        st.sampled_from(["gvhd", "aml", "cells"]),
        times,
        st.one_of(st.none(), texts),
        st.sampled_from(["active", "resolved", None]),
    ),
    st.builds(
        lambda signers, signed, status, ends: consent(
            *signers,
            signed=signed,
            status=status,
            ends=moment(ends) if ends else None,
            provisions=(("permit", (ConceptId("follow-up"),)),),
        ),
        roles,
        st.one_of(st.none(), texts),
        st.sampled_from(["active", "inactive", "draft"]),
        st.one_of(st.none(), texts),
    ),
    st.builds(
        lambda link, value, by, at: attestation(link, value, by=by, at=at),
        st.sampled_from(["E5", "E2a"]),
        st.sampled_from([True, False, "maybe", date(2026, 3, 1)]),
        st.sampled_from(["a", "b"]),
        texts,
    ),
    st.builds(lambda day, at: attestation("planned-day-0", day, at=at), st.one_of(near, st.just(date.max)), texts),
    st.builds(
        patient, st.one_of(st.none(), texts, st.just("2012-03-20")), st.sampled_from(["male", "female", "other"])
    ),
)
kinds = st.sampled_from(["Observation", "Condition", "Procedure", "MedicationAdministration", "Consent"])
gaps = st.builds(
    lambda reason, kind, concept, at, detail: refused(reason, concept, kind=kind, at=at, detail=detail),
    st.sampled_from(RejectionReason),
    kinds,
    st.sampled_from(["alt", "cells", "gvhd", "creatinine"]),
    times,
    st.sampled_from(["masked", "not-performed", ""]),
)
updates = st.sampled_from([None, UPDATED, "2026-03-11T06:00:00+01:00"])


@st.composite
def readings(draw: st.DrawFn) -> Reading:
    """A version of one of a few resources per type, so that versions meet."""
    whole = draw(st.one_of(facts.map(reading), gaps))
    number, updated = draw(st.integers(0, 5)), draw(updates)
    content = digest_of(repr(whole.facts), repr(whole.rejections))
    at = source(
        whole.source.type, f"r{number}", version=draw(st.sampled_from("12")), updated=updated, content=content
    )
    return replace(whole, source=at, facts=tuple(replace(fact, source=at) for fact in whole.facts))


receipts = st.lists(
    st.builds(
        lambda kind, complete, hidden: Completeness(resource_type=kind, complete=complete, hidden=hidden),
        kinds,
        st.booleans(),
        st.sampled_from([False, False, False, True]),
    ),
    max_size=5,
)
histories = st.lists(readings(), max_size=14)
