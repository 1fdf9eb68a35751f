from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from typing_extensions import override

from fhir_adapter.domain.facts import Reading
from fhir_adapter.errors import InvariantError
from fhir_adapter.ports.source import (
    IssueKind,
    PatientMatch,
    ReadPlan,
    ResolvedScope,
    ScopeKind,
    ScopeReceipt,
    SourceDescription,
    SourcePage,
)
from fhir_adapter.sync.extract import Extracted, ExtractRequest, PageReader, open_reader, run_extract
from fhir_adapter.sync.scope import plan_scope
from tests.fakes.fixed_clock import FixedClock
from tests.fakes.memory_source import MemorySource
from tests.fakes.memory_store import MemoryStore
from tests.study import (
    DIGEST,
    HOSPITAL,
    haemoglobin,
    make_context,
    make_trial,
    patient,
    whole_patient,
    written,
)

Json = dict[str, Any]


class ServerSource(MemorySource):
    """A source that gives what it is asked for, and notes what that was."""

    def __init__(self, resources: Sequence[Json], *, elsewhere: Sequence[Json] = ()) -> None:
        super().__init__(resources, page_size=2)
        self.elsewhere = {f"{body['resourceType']}/{body['id']}": body for body in elsewhere}
        self.plans: list[ReadPlan] = []
        self.fetched: list[str] = []

    @override
    def describe(self) -> SourceDescription:
        return SourceDescription(kind="server", place="https://ward.example/fhir")

    @override
    def pages(self, plan: ReadPlan) -> Iterator[SourcePage | ScopeReceipt]:
        self.plans.append(plan)
        for item in super().pages(plan):
            if isinstance(item, ScopeReceipt) or plan.patients is None:
                yield item
                continue
            wanted = [raw for raw in item.resources if any(f"{p}".encode() in bytes(raw) for p in plan.patients)]
            yield SourcePage(resources=wanted, origin=item.origin)

    @override
    def fetch(self, references: Sequence[str]) -> Iterator[SourcePage]:
        self.fetched += references
        found = [written(self.elsewhere[each]) for each in references if each in self.elsewhere]
        yield SourcePage(resources=found, origin="fetch")


def extract(
    source: MemorySource,
    store: MemoryStore,
    *patients: str,
    withdrawn: Sequence[str] = (),
    types: tuple[str, ...] | None = None,
    reader: PageReader | None = None,
) -> Extracted:
    kind = ScopeKind.ROSTER if patients else ScopeKind.ALL
    named = patients or [body["id"] for body in source.resources if body["resourceType"] == "Patient"]
    resolved = ResolvedScope(matches=tuple(PatientMatch(patient=each) for each in named))
    merges = store.facts.merged_patients(HOSPITAL)
    request = ExtractRequest(
        run="r1",
        hospital=HOSPITAL,
        resource_types=types or make_trial().resource_types,
        reading_digest=DIGEST,
        scope=plan_scope(kind, resolved, merges, frozenset(withdrawn)),
        merges=lambda: store.facts.merged_patients(HOSPITAL),
    )
    return run_extract(source, store.facts, reader or open_reader(make_context()), FixedClock(), request)


def counts(extracted: Extracted) -> Mapping[str, tuple[int, int, int, int]]:
    return {
        kind: (tally.received, tally.mapped, tally.rejected, tally.excluded)
        for kind, tally in extracted.tallies.items()
    }


def excluded(extracted: Extracted, kind: str) -> dict[str, int]:
    return dict(extracted.tallies[kind].excluded_by)


def readings(store: MemoryStore, name: str) -> list[Reading]:
    person = store.facts.persons(HOSPITAL, [name])[name]
    return list(store.facts.load_readings(person, reading_digest=DIGEST))


def receipt(store: MemoryStore, name: str, kind: str) -> Any:
    person = store.facts.persons(HOSPITAL, [name])[name]
    return {each.resource_type: each for each in store.facts.load_completeness(person)}[kind]


def test_every_resource_is_read_into_facts_of_its_patient() -> None:
    store = MemoryStore()
    extracted = extract(MemorySource([*whole_patient("p1"), *whole_patient("p2")]), store)
    one_each = dict.fromkeys(("Patient", "Observation", "Condition", "Consent"), (2, 2, 0, 0))
    assert counts(extracted) == one_each
    assert [reading.source.type for reading in readings(store, "p1")] == [
        "Condition", "Consent", "Observation", "Patient",
    ]  # fmt: skip
    assert extracted.new == 8


def test_reading_again_finds_the_same_and_adds_nothing() -> None:
    store, source = MemoryStore(), MemorySource(whole_patient("p1"))
    first = counts(extract(source, store))
    again = extract(source, store)
    assert counts(again) == first
    assert again.new == 0


def test_other_patients_are_left_out_and_nothing_of_them_is_kept() -> None:
    store = MemoryStore()
    extracted = extract(MemorySource([*whole_patient("p1"), *whole_patient("p2")]), store, "p1")
    assert excluded(extracted, "Observation") == {"other-patient": 1}
    assert extracted.patients == {"p1"}
    assert readings(store, "p2") == []


def test_a_rejected_resource_of_another_patient_is_none_of_our_rejections() -> None:
    extracted = extract(MemorySource([patient("p1"), haemoglobin("p2", unit="furlong")]), MemoryStore(), "p1")
    assert counts(extracted)["Observation"] == (1, 0, 0, 1)


def test_an_identical_version_twice_in_one_run_is_a_duplicate() -> None:
    store = MemoryStore()
    doubled = MemorySource([patient("p1"), haemoglobin("p1"), haemoglobin("p1"), haemoglobin("p1")], page_size=2)
    extracted = extract(doubled, store)
    assert counts(extracted)["Observation"] == (3, 1, 0, 2)
    assert excluded(extracted, "Observation") == {"duplicate": 2}


def test_two_contents_under_one_version_are_both_kept() -> None:
    store = MemoryStore()
    extracted = extract(MemorySource([patient("p1"), haemoglobin("p1", "70"), haemoglobin("p1", "90")]), store)
    assert counts(extracted)["Observation"] == (2, 2, 0, 0)
    assert len([each for each in readings(store, "p1") if each.source.type == "Observation"]) == 2


def test_a_retraction_is_excluded_and_still_kept() -> None:
    store = MemoryStore()
    gone = haemoglobin("p1", status="entered-in-error", version="2")
    extracted = extract(MemorySource([patient("p1"), haemoglobin("p1"), gone]), store)
    assert excluded(extracted, "Observation") == {"retracted": 1}
    assert any(reading.retracts for reading in readings(store, "p1"))


def test_after_withdrawal_a_server_is_asked_for_patient_and_consent_only() -> None:
    source = ServerSource([*whole_patient("p1"), *whole_patient("p2")])
    extract(source, MemoryStore(), "p1", "p2", withdrawn=["p2"])
    assert [(plan.patients, plan.resource_types) for plan in source.plans] == [
        (("p1",), ("Patient", "Observation", "Condition", "Consent")),
        (("p2",), ("Patient", "Consent")),
    ]


def test_a_server_that_is_read_for_everybody_is_not_asked_for_who_withdrew() -> None:
    source = ServerSource([*whole_patient("p1"), *whole_patient("p2")])
    extract(source, MemoryStore(), withdrawn=["p2"])
    assert [plan.patients for plan in source.plans] == [("p1",), ("p2",)]


def test_if_everybody_withdrew_no_clinical_resource_is_asked_for() -> None:
    source = ServerSource(whole_patient("p1"))
    extract(source, MemoryStore(), "p1", withdrawn=["p1"])
    assert [plan.resource_types for plan in source.plans] == [("Patient", "Consent")]


def test_clinical_resources_that_come_anyway_after_withdrawal_are_left_out() -> None:
    store = MemoryStore()
    extracted = extract(MemorySource(whole_patient("p1")), store, withdrawn=["p1"])
    assert excluded(extracted, "Observation") == {"consent-withdrawn": 1}
    assert excluded(extracted, "Condition") == {"consent-withdrawn": 1}
    assert counts(extracted)["Consent"] == (1, 1, 0, 0)
    assert {reading.source.type for reading in readings(store, "p1")} == {"Patient", "Consent"}


def test_the_receipts_of_before_withdrawal_stay() -> None:
    store, source = MemoryStore(), MemorySource(whole_patient("p1"))
    extract(source, store)
    before = receipt(store, "p1", "Condition")
    extract(MemorySource([patient("p1")]), store, withdrawn=["p1"])
    assert receipt(store, "p1", "Condition") == before


def test_a_type_read_to_its_end_gives_everybody_a_receipt() -> None:
    store = MemoryStore()
    extract(MemorySource([patient("p1"), patient("p2")]), store)
    assert receipt(store, "p2", "Condition").complete


def test_what_the_source_withheld_stands_in_the_receipt() -> None:
    store = MemoryStore()
    source = MemorySource([patient("p1"), patient("p2")], withheld={("Condition", "p1"): IssueKind.HIDDEN})
    extract(source, store)
    assert receipt(store, "p1", "Condition").hidden
    assert not receipt(store, "p1", "Condition").complete
    assert receipt(store, "p2", "Condition").complete


def test_a_rejected_resource_stands_in_its_patients_receipt() -> None:
    store = MemoryStore()
    extract(MemorySource([patient("p1"), patient("p2"), haemoglobin("p1", unit="furlong")]), store)
    assert receipt(store, "p1", "Observation").rejected == 1
    assert receipt(store, "p2", "Observation").rejected == 0


def test_what_is_no_resource_at_all_is_counted_and_rejected() -> None:
    source = MemorySource([patient("p1")])
    source.raw = [b"{", b"{", b'{"resourceType": "Nonsense"}']
    extracted = extract(source, MemoryStore())
    assert counts(extracted)["Resource"] == (3, 0, 2, 1)
    assert excluded(extracted, "Resource") == {"duplicate": 1}


def test_a_merged_patient_is_read_with_the_surviving_record() -> None:
    old = patient("p1", link=[{"other": {"reference": "Patient/p9"}, "type": "replaced-by"}])
    for source in (
        MemorySource([old, haemoglobin("p1"), *whole_patient("p9"), *whole_patient("p5")]),
        ServerSource([old, haemoglobin("p1"), *whole_patient("p9"), *whole_patient("p5")]),
    ):
        store = MemoryStore()
        extracted = extract(source, store, "p1")
        assert extracted.patients == {"p1", "p9"}
        assert {reading.source.type for reading in readings(store, "p9")} == {
            "Patient", "Observation", "Condition", "Consent",
        }  # fmt: skip
        assert readings(store, "p5") == []
        assert receipt(store, "p9", "Condition").complete


def test_what_names_no_patient_is_counted_once_though_the_source_is_read_twice() -> None:
    old = patient("p1", link=[{"other": {"reference": "Patient/p9"}, "type": "replaced-by"}])
    source = MemorySource([old, patient("p9")])
    source.raw = [b"{"]
    extracted = extract(source, MemoryStore(), "p1")
    assert counts(extracted)["Resource"] == (1, 0, 1, 0)
    assert counts(extracted)["Patient"] == (3, 2, 0, 1), "p9 was another patient's at first"


def test_a_missing_reference_is_fetched_at_most_once() -> None:
    panel = {
        **haemoglobin("p1"),
        "id": "panel",
        "hasMember": [{"reference": "Observation/p1-hb"}, {"reference": "Observation/nowhere"}],
    }
    del panel["valueQuantity"]
    source = ServerSource([patient("p1"), panel], elsewhere=[haemoglobin("p1")])
    store = MemoryStore()
    extract(source, store, "p1")
    assert sorted(source.fetched) == ["Observation/nowhere", "Observation/p1-hb"]
    assert [each.source.id for each in readings(store, "p1") if each.facts] == ["p1-hb", "p1"]


def test_what_pages_brought_is_not_fetched() -> None:
    panel = {**haemoglobin("p1"), "id": "panel", "hasMember": [{"reference": "Observation/p1-hb"}]}
    del panel["valueQuantity"]
    source = ServerSource([patient("p1"), panel, haemoglobin("p1")])
    extract(source, MemoryStore(), "p1")
    assert source.fetched == []


def test_a_whole_folder_is_never_asked_for_more() -> None:
    panel = {**haemoglobin("p1"), "id": "panel", "hasMember": [{"reference": "Observation/nowhere"}]}
    del panel["valueQuantity"]
    extract(MemorySource([patient("p1"), panel]), MemoryStore(), "p1")


def test_a_reader_that_loses_a_resource_stops_the_run() -> None:
    def lossy(page: SourcePage) -> Any:
        read = open_reader(make_context())(page)
        return lambda raw: Reading(source=read(raw).source, patient="p1")

    with pytest.raises(InvariantError, match="Patient"):
        extract(MemorySource([patient("p1")]), MemoryStore(), reader=lossy)
