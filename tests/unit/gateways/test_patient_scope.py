from __future__ import annotations

import pytest

from fhir_adapter.errors import UsageError
from fhir_adapter.gateways.patient_scope import Roster, group_members, has_code, patient_of
from fhir_adapter.ports.source import PatientMatch, RosterRow

MRN = "https://hospital.example/mrn"


def test_two_rows_for_one_patient_count_once_and_the_later_is_listed() -> None:
    roster = Roster((RosterRow(MRN, "1", "SCR-1"), RosterRow(MRN, "1", "SCR-2")))
    roster.add({"id": "p", "identifier": [{"system": MRN, "value": "1"}]})
    roster.add({"id": "p", "identifier": [{"system": MRN, "value": "1"}]})
    resolved = roster.resolved()
    assert resolved.matches == (PatientMatch(patient="p", screening_number="SCR-1"),)
    assert (resolved.unmatched_rows, resolved.doubled_rows) == ((), (2,))


def test_identifiers_are_compared_whole() -> None:
    roster = Roster((RosterRow(MRN, "1"), RosterRow(MRN, "A")))
    for number, value in enumerate(("01", "1 ", "a", 1, None)):
        roster.add({"id": f"p{number}", "identifier": [{"system": MRN, "value": value}, "rubbish"]})
    roster.add({"identifier": [{"system": MRN, "value": "1"}]})
    assert roster.resolved().unmatched_rows == (1, 2)


def test_the_subject_of_a_resource_is_a_patient_of_this_place_or_nobody() -> None:
    bases = ("https://hospital.example/fhir",)
    texts = [
        "Patient/p",
        "https://hospital.example/fhir/Patient/p",
        "https://elsewhere.example/fhir/Patient/p",
        "Group/p",
        "#p",
        7,
    ]
    found = [patient_of({"subject": {"reference": text}}, bases) for text in texts]
    assert found == ["p", "p", None, None, None, None]
    assert patient_of({"subject": "Patient/p"}, bases) is None


def test_a_code_is_wanted_with_its_system_only() -> None:
    wanted = frozenset({("http://snomed.info/sct", "1")})
    body = {"code": {"coding": [{"system": "http://elsewhere.example", "code": "1"}, "rubbish"]}}
    assert not has_code(body, wanted)
    assert not has_code({"code": "1"}, wanted)
    assert has_code({"code": {"coding": [{"system": "http://snomed.info/sct", "code": "1"}]}}, wanted)


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"actual": False}, "Group.actual"),
        ({"type": "device"}, "Group.type"),
        ({"modifierExtension": [{"url": "https://hospital.example/not"}]}, "Group.modifierExtension"),
    ],
)
def test_a_group_that_lists_no_actual_persons_is_refused_by_name(change: dict[str, object], path: str) -> None:
    group = {"resourceType": "Group", "id": "g", "type": "person", "actual": True, "member": []} | change
    with pytest.raises(UsageError, match=path):
        group_members(group, ())


def test_a_member_with_a_modifier_is_listed_and_not_read() -> None:
    member = {"entity": {"reference": "Patient/p"}, "modifierExtension": [{"url": "https://hospital.example/not"}]}
    group = {"resourceType": "Group", "id": "g", "type": "person", "actual": True, "member": [member]}
    assert group_members(group, ()).unmatched_rows == (1,)
