"""Components and members: every part is read for itself, and none hides another."""

from __future__ import annotations

from typing import Any

import pytest

from fhir_adapter.domain.codes import Coding
from fhir_adapter.domain.facts import Component, Finding
from fhir_adapter.domain.source import Exclusion, RejectionReason
from tests.unit.r4.laboratory import (
    LOCAL,
    LOINC,
    MODIFIER,
    amount,
    coded,
    finding,
    observation,
    quantity,
    read,
    rejection,
)


def test_components_are_findings_of_their_own_and_part_of_the_value_beside_them() -> None:
    reading = read(
        observation(
            coded(LOINC, "59408-5"),
            valueQuantity=amount(97, "%"),
            component=[
                {"code": coded(LOINC, "3151-8"), "valueQuantity": amount(2, "L/min")},
                {"code": coded(LOINC, "8480-6"), "valueQuantity": amount(110, "mm[Hg]")},
                {"code": coded(LOINC, "9999-9"), "valueString": "x"},
            ],
        )
    )
    assert reading.rejections == ()
    assert [fact.path for fact in reading.facts] == ["Observation.component[1].value", "Observation.value"]
    own, main = reading.facts
    assert isinstance(main, Finding)
    assert isinstance(own, Finding)
    assert own.concepts == ("systolic",)
    assert main.components == (
        Component(
            "Observation.component[0].value",
            ("oxygen-flow",),  # type: ignore[arg-type]
            (Coding(LOINC, "3151-8"),),
            quantity("2", "L/min"),
            quantity("2", "L/min"),
        ),
        Component(
            "Observation.component[1].value",
            ("systolic",),  # type: ignore[arg-type]
            (Coding(LOINC, "8480-6"),),
            quantity("110", "mm[Hg]"),
            quantity("110", "mm[Hg]"),
        ),
    )


PRESSURE = {"code": coded(LOINC, "8480-6"), "valueQuantity": amount(110, "mm[Hg]")}


def test_a_panel_gives_its_components_whatever_its_own_code() -> None:
    for code in (coded(LOINC, "85354-9"), coded(LOCAL, "COMMENT")):
        assert finding(read(observation(code, component=[PRESSURE]))).path == "Observation.component[0].value"


def test_a_panel_whose_own_code_is_unmapped_says_so_beside_its_components() -> None:
    reading = read(observation(coded(LOCAL, "BP"), component=[PRESSURE]))
    assert [fact.path for fact in reading.facts] == ["Observation.component[0].value"]
    assert [(each.reason, each.path) for each in reading.rejections] == [
        (RejectionReason.UNMAPPED_CODE, "Observation.code")
    ]


@pytest.mark.parametrize(
    ("component", "reason", "path"),
    [
        (
            {**PRESSURE, "modifierExtension": MODIFIER},
            RejectionReason.MODIFIER_EXTENSION,
            "Observation.component[1].modifierExtension",
        ),
        ({"code": coded(LOINC, "8480-6")}, RejectionReason.VALUE_ABSENT, "Observation.component[1].value"),
        (
            {
                "code": coded(LOINC, "8480-6"),
                "dataAbsentReason": coded("http://terminology.hl7.org/CodeSystem/data-absent-reason", "masked"),
            },
            RejectionReason.VALUE_ABSENT,
            "Observation.component[1].value",
        ),
        (
            {**PRESSURE, "code": coded(LOCAL, "SYS")},
            RejectionReason.UNMAPPED_CODE,
            "Observation.component[1].code",
        ),
        (
            {**PRESSURE, "valueQuantity": amount(110, "kPa")},
            RejectionReason.UNKNOWN_UNIT,
            "Observation.component[1].value.code",
        ),
    ],
)
def test_a_component_that_cannot_be_read_hides_no_other(
    component: dict[str, Any], reason: RejectionReason, path: str
) -> None:
    reading = read(observation(coded(LOINC, "85354-9"), component=[PRESSURE, component]))
    assert len(reading.facts) == 1
    assert [(each.reason, each.path) for each in reading.rejections] == [(reason, path)]


def test_a_component_with_an_unmapped_code_alone_is_refused() -> None:
    reading = read(observation(coded(LOINC, "85354-9"), component=[{**PRESSURE, "code": coded(LOCAL, "SYS")}]))
    assert rejection(reading).path == "Observation.component[0].code"


def test_a_panel_of_members_is_left_out_and_names_them() -> None:
    members = {"hasMember": [{"reference": "Observation/2"}], "derivedFrom": [{"reference": "Observation/3"}]}
    for code in (coded(LOINC, "2160-0"), coded(LOINC, "9999-9")):
        reading = read(observation(code, **members))
        assert reading.excluded_by is Exclusion.CODE_NOT_NEEDED
        assert reading.references == ("Observation/2", "Observation/3")
