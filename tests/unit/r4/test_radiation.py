"""Radiation doses of procedures, parts and identifiers: read where the procedure states them, never added up."""

from __future__ import annotations

from typing import Any

import pytest

from fhir_adapter.domain.facts import Intervention
from fhir_adapter.domain.source import RejectionReason
from fhir_adapter.r4.radiation import DELIVERED
from tests.unit.r4.cell_bank import amount, read, standard
from tests.unit.r4.clinic import MARROW, TRANSPLANT, causes, changed
from tests.unit.r4.test_read_procedure import DONE

VOLUME = {"url": "volume", "valueReference": {"reference": "BodyStructure/whole-body"}}
FRACTIONS = {"url": "fractionsDelivered", "valueUnsignedInt": 6}


def total(value: Any, unit: str) -> dict[str, Any]:
    return {"url": "totalDoseDelivered", "valueQuantity": amount(value, unit)}


def delivered(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"url": DELIVERED, "extension": [VOLUME, *parts, FRACTIONS]}


def irradiation(*extensions: Any, **more: Any) -> dict[str, Any]:
    return changed(DONE, extension=list(extensions), **more)


def intervention(resource: dict[str, Any]) -> Intervention:
    (fact,) = read(resource).facts
    assert isinstance(fact, Intervention)
    return fact


def test_the_dose_is_mcodes_total_dose_in_gray_with_its_place() -> None:
    other = {"url": "https://clinic.example/room", "valueString": "2"}
    fact = intervention(irradiation(other, delivered(total(12, "Gy"))))
    assert fact.radiation == standard("12", "Gy")
    assert fact.radiation_path == "Procedure.extension[1].extension[1].value"
    assert (fact.concepts, fact.body_site) == ((TRANSPLANT,), (MARROW,))


@pytest.mark.parametrize(("value", "unit", "gray"), [(1200, "cGy", "12"), (2.5, "Gy", "2.5"), (50, "cGy", "0.5")])
def test_centigray_are_a_hundredth_of_a_gray(value: Any, unit: str, gray: str) -> None:
    assert intervention(irradiation(delivered(total(value, unit)))).radiation == standard(gray, "Gy")


@pytest.mark.parametrize(
    "extensions",
    [[], [delivered()], [{"url": "https://clinic.example/x"}], [{"url": "volume", **total(12, "Gy")}]],
)
def test_a_procedure_that_states_no_dose_has_none(extensions: list[Any]) -> None:
    resource = irradiation(*extensions)
    assert (intervention(resource).radiation, intervention(resource).radiation_path) == (None, None)
    assert read(resource).rejections == ()


@pytest.mark.parametrize(
    "extensions",
    [
        [delivered(total(12, "Gy")), delivered(total(8, "Gy"))],
        [delivered(total(12, "Gy")), delivered()],
        [delivered(total(12, "Gy"), total(12, "Gy"))],
    ],
)
def test_doses_of_several_volumes_are_refused_and_never_added_up(extensions: list[Any]) -> None:
    resource = irradiation(*extensions)
    assert intervention(resource).radiation is None
    assert causes(read(resource)) == [(RejectionReason.UNSUPPORTED_VALUE, "Procedure.extension", "several")]


@pytest.mark.parametrize(
    ("part", "reason", "path", "detail"),
    [
        (total(12, "mg"), RejectionReason.UNKNOWN_UNIT, ".code", "not-listed"),
        (
            {"url": "totalDoseDelivered", "valueQuantity": {"value": 12}},
            RejectionReason.MISSING_UNIT,
            ".code",
            "no-unit",
        ),
        ({"url": "totalDoseDelivered", "valueInteger": 12}, RejectionReason.VALUE_ABSENT, ".value", "none"),
    ],
)
def test_a_dose_that_cannot_be_used_is_a_rejected_part(
    part: dict[str, Any], reason: RejectionReason, path: str, detail: str
) -> None:
    resource = irradiation(delivered(part))
    assert intervention(resource).radiation is None
    assert causes(read(resource)) == [(reason, f"Procedure.extension[0].extension[1].value{path}", detail)]


def test_a_time_and_a_dose_may_both_be_unusable() -> None:
    reading = read(irradiation(delivered(total(12, "mg")), performedDateTime="2026-02-20T08:00:00"))
    assert [part.reason for part in reading.rejections] == [
        RejectionReason.NAIVE_TIME,
        RejectionReason.UNKNOWN_UNIT,
    ]


def test_what_makes_two_resources_one_and_what_is_part_of_what_is_kept() -> None:
    fact = intervention(
        changed(
            DONE,
            identifier=[{"system": "https://ris.example", "value": "A-1"}, {"value": "A-2"}, {"system": "x"}],
            partOf=[{"reference": "Procedure/course"}, {"reference": "#x"}],
        )
    )
    assert fact.identifiers == (("https://ris.example", "A-1"),)
    assert fact.part_of == ("Procedure/course",)


@pytest.mark.parametrize("change", [{"extension": {}}, {"extension": [{"url": DELIVERED, "extension": 1}]}])
def test_wrong_json_types_are_rejections_not_exceptions(change: dict[str, Any]) -> None:
    reading = read(changed(DONE, **change))
    assert reading.rejections
    assert reading.facts == ()
