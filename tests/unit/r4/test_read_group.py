"""Group -> the patients a run is about."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fhir_adapter.domain.source import RejectionReason
from fhir_adapter.r4.context import PageContext
from fhir_adapter.r4.read_group import GroupMember, GroupReading, read_group
from tests.unit.r4.clinic import MODIFIER, changed

COHORT: dict[str, Any] = {
    "resourceType": "Group",
    "id": "g-1",
    "type": "person",
    "actual": True,
    "member": [
        {"entity": {"reference": "Patient/p-2"}},
        {"entity": {"reference": "Patient/p-1"}, "inactive": True},
    ],
}


def read(resource: dict[str, Any], page: PageContext | None = None) -> GroupReading:
    return read_group(json.dumps(resource).encode(), page or PageContext(), ("https://clinic.example/fhir",))


def test_members_are_given_in_order_with_their_inactive_flag() -> None:
    reading = read(COHORT)
    assert (reading.id, reading.rejections) == ("g-1", ())
    assert reading.members == (GroupMember("p-2", inactive=False), GroupMember("p-1", inactive=True))


@pytest.mark.parametrize(
    ("reference", "page"),
    [
        ("Patient/p-1", PageContext()),
        ("Patient/p-1/_history/4", PageContext()),
        ("https://clinic.example/fhir/Patient/p-1", PageContext()),
        ("https://other.example/r4/Patient/p-1", PageContext(base="https://other.example/r4/")),
        ("urn:uuid:1", PageContext(references={"urn:uuid:1": "Patient/p-1"})),
    ],
)
def test_every_way_to_name_a_patient_of_this_hospital_is_understood(reference: str, page: PageContext) -> None:
    reading = read(changed(COHORT, member=[{"entity": {"reference": reference}}]), page)
    assert reading.members == (GroupMember("p-1", inactive=False),)


def test_a_patient_listed_twice_is_active_if_one_entry_is() -> None:
    entries = [
        {"entity": {"reference": "Patient/p-1"}, "inactive": True},
        {"entity": {"reference": "Patient/p-1"}},
    ]
    assert read(changed(COHORT, member=entries)).members == (GroupMember("p-1", inactive=False),)


@pytest.mark.parametrize(
    "entity",
    [
        {"reference": "Practitioner/1"},
        {"reference": "Group/2"},
        {"reference": "https://elsewhere.example/Patient/1"},
        {"reference": "Patient/a b"},
        {"display": "Somebody"},
    ],
)
def test_a_member_that_is_no_patient_of_ours_is_a_rejected_part(entity: dict[str, Any]) -> None:
    reading = read(changed(COHORT, member=[{"entity": {"reference": "Patient/p-1"}}, {"entity": entity}]))
    assert reading.members == (GroupMember("p-1", inactive=False),)
    assert [(r.reason, r.path) for r in reading.rejections] == [
        (RejectionReason.INVALID_RESOURCE, "Group.member[1].entity")
    ]


def test_a_member_whose_meaning_is_changed_is_a_rejected_part() -> None:
    member = {"entity": {"reference": "Patient/p-1"}, "modifierExtension": MODIFIER}
    reading = read(changed(COHORT, member=[member]))
    assert reading.members == ()
    assert [(r.reason, r.path) for r in reading.rejections] == [
        (RejectionReason.MODIFIER_EXTENSION, "Group.member[0].modifierExtension")
    ]


def test_a_group_may_be_empty() -> None:
    assert read(changed(COHORT, member=None)).members == ()


@pytest.mark.parametrize(
    ("change", "reason", "path"),
    [
        ({"type": "device"}, RejectionReason.UNSUPPORTED_VALUE, "Group.type"),
        ({"type": "people"}, RejectionReason.UNKNOWN_STATUS, "Group.type"),
        ({"type": None}, RejectionReason.UNKNOWN_STATUS, "Group.type"),
        ({"actual": False}, RejectionReason.UNSUPPORTED_VALUE, "Group.actual"),
        ({"modifierExtension": MODIFIER}, RejectionReason.MODIFIER_EXTENSION, "Group.modifierExtension"),
        ({"implicitRules": "https://x.example"}, RejectionReason.IMPLICIT_RULES, "Group.implicitRules"),
        ({"resourceType": "Patient"}, RejectionReason.INVALID_RESOURCE, "Group"),
        ({"member": [{}]}, RejectionReason.INVALID_RESOURCE, "Group"),
    ],
)
def test_a_group_that_is_no_list_of_persons_is_refused(
    change: dict[str, Any], reason: RejectionReason, path: str
) -> None:
    reading = read(changed(COHORT, **change))
    assert reading.members == ()
    assert [(r.reason, r.path) for r in reading.rejections] == [(reason, path)]


@pytest.mark.parametrize("raw", [b"", b"null", b"{", b"\xff", b"[" * 100000, b'{"resourceType":"Group","id":1}'])
def test_no_bytes_make_it_raise(raw: bytes) -> None:
    reading = read_group(raw, PageContext())
    assert reading.members == ()
    assert len(reading.rejections) == 1
