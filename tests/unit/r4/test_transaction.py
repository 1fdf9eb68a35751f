"""The transaction Bundle for hospitals that load files."""

from __future__ import annotations

from typing import Any

import pytest

from fhir_adapter.errors import InvariantError
from fhir_adapter.r4.transaction import EntryAction, TransactionEntry, build_transaction

STUDY_ID = ("https://example.org/studies", "X1")
SUBJECT_ID = ("https://example.org/subjects", "S-1")


def study(**changes: Any) -> TransactionEntry:
    fields: dict[str, Any] = {
        "action": EntryAction.CREATE,
        "body": {
            "resourceType": "ResearchStudy",
            "identifier": [{"system": STUDY_ID[0], "value": STUDY_ID[1]}],
            "status": "active",
        },
        "identifier": STUDY_ID,
        "known_as": "ResearchStudy/study-x1",
    }
    return TransactionEntry(**{**fields, **changes})


def subject(study_reference: str = "ResearchStudy/study-x1", **changes: Any) -> TransactionEntry:
    fields: dict[str, Any] = {
        "action": EntryAction.CREATE,
        "body": {
            "resourceType": "ResearchSubject",
            "identifier": [{"system": SUBJECT_ID[0], "value": SUBJECT_ID[1]}],
            "status": "candidate",
            "study": {"reference": study_reference},
            "individual": {"reference": "Patient/p-1"},
        },
        "identifier": SUBJECT_ID,
        "known_as": "ResearchSubject/s-1",
    }
    return TransactionEntry(**{**fields, **changes})


def provenance() -> TransactionEntry:
    return TransactionEntry(
        action=EntryAction.CREATE,
        body={
            "resourceType": "Provenance",
            "meta": {
                "versionId": "1",
                "lastUpdated": "2026-03-02T00:00:00Z",
                "tag": [{"system": "u", "code": "d"}],
            },
            "target": [{"reference": "ResearchSubject/s-1/_history/1"}],
            "recorded": "2026-03-02T09:15:30.123-06:00",
            "agent": [{"who": {"display": "adapter"}}],
        },
        identifier=("u", "d"),
    )


def entries(bundle: dict[str, Any]) -> list[dict[str, Any]]:
    return list(bundle["entry"])


def test_a_create_happens_only_where_nothing_is_found() -> None:
    bundle = build_transaction([study()])
    assert bundle["type"] == "transaction"
    assert entries(bundle)[0]["request"] == {
        "method": "POST",
        "url": "ResearchStudy",
        "ifNoneExist": "identifier=https%3A%2F%2Fexample.org%2Fstudies%7CX1",
    }


@pytest.mark.parametrize(
    "written_as",
    [
        "ResearchStudy/study-x1",
        "ResearchStudy?identifier=https%3A%2F%2Fexample.org%2Fstudies%7CX1",
        "ResearchStudy/study-x1/_history/3",
    ],
)
def test_a_subject_refers_to_its_study_by_the_full_url_of_the_same_bundle(written_as: str) -> None:
    first, second = entries(build_transaction([subject(written_as), study()]))
    assert first["resource"]["resourceType"] == "ResearchStudy"
    assert first["fullUrl"].startswith("urn:uuid:")
    assert second["resource"]["study"] == {"reference": first["fullUrl"]}
    assert second["resource"]["individual"] == {"reference": "Patient/p-1"}


def test_a_provenance_is_found_by_its_tag_and_loses_the_targets_version() -> None:
    _, subject_entry, last = entries(build_transaction([provenance(), subject(), study()]))
    assert last["request"] == {"method": "POST", "url": "Provenance", "ifNoneExist": "_tag=u%7Cd"}
    assert last["resource"]["target"] == [{"reference": subject_entry["fullUrl"]}]
    assert last["resource"]["meta"] == {"tag": [{"system": "u", "code": "d"}]}


def test_order_of_entries_does_not_matter() -> None:
    assert build_transaction([study(), subject(), provenance()]) == build_transaction([
        provenance(),
        subject(),
        study(),
    ])


def test_an_update_names_the_version_it_replaces() -> None:
    update = subject(action=EntryAction.UPDATE, resource_id="rs-9", etag='W/"3"')
    entry = entries(build_transaction([update]))[0]
    assert entry["request"] == {"method": "PUT", "url": "ResearchSubject/rs-9", "ifMatch": 'W/"3"'}
    assert entry["resource"]["id"] == "rs-9"


def test_a_replacement_finds_its_resource_by_identifier() -> None:
    entry = entries(build_transaction([subject(action=EntryAction.REPLACE)]))[0]
    assert entry["request"] == {
        "method": "PUT",
        "url": "ResearchSubject?identifier=https%3A%2F%2Fexample.org%2Fsubjects%7CS-1",
    }
    assert "id" not in entry["resource"]


def test_our_own_id_and_version_are_not_sent_with_a_create() -> None:
    entry = study()
    body = {**entry.body, "id": "local-1", "meta": {"versionId": "4", "lastUpdated": "2026-03-02T00:00:00Z"}}
    resource = entries(build_transaction([study(body=body)]))[0]["resource"]
    assert "id" not in resource
    assert "meta" not in resource


@pytest.mark.parametrize(
    ("resource_id", "etag"), [(None, 'W/"3"'), ("rs-9", None), ("rs 9", 'W/"3"'), (None, None)]
)
def test_an_update_without_id_or_version_is_refused(resource_id: str | None, etag: str | None) -> None:
    with pytest.raises(InvariantError, match="needs the resource's id"):
        build_transaction([subject(action=EntryAction.UPDATE, resource_id=resource_id, etag=etag)])


def test_two_entries_about_one_resource_are_refused() -> None:
    with pytest.raises(InvariantError, match="same resource"):
        build_transaction([study(), study()])


def test_a_type_we_never_write_is_refused() -> None:
    with pytest.raises(InvariantError, match="never writes"):
        build_transaction([study(body={"resourceType": "Patient"})])


def test_a_wrong_status_inside_is_refused() -> None:
    with pytest.raises(InvariantError, match=r"ResearchStudy\.status"):
        build_transaction([study(body={"resourceType": "ResearchStudy", "status": "recruiting"})])


def test_nothing_to_send_is_an_empty_transaction() -> None:
    assert build_transaction([]) == {"resourceType": "Bundle", "type": "transaction"}
