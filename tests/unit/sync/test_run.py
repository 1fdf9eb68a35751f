from __future__ import annotations

from collections.abc import Iterator

import pytest
from typing_extensions import override

from fhir_adapter.errors import FatalTransportError, GuardError, UsageError
from fhir_adapter.ports.source import ReadPlan, ScopeReceipt, SourceDescription, SourcePage
from fhir_adapter.sync.run import SINK_SCOPE
from tests.fakes.memory_sink import MemorySink
from tests.fakes.memory_source import MemorySource
from tests.study import AS_OF, HOSPITAL, TRIAL, haemoglobin, make_traits, patient, whole_patient
from tests.ward import Ward, roster


class NamedSink(MemorySink):
    def __init__(self, kind: str, place: str) -> None:
        super().__init__()
        self.description = SourceDescription(kind=kind, place=place)

    @override
    def describe(self) -> SourceDescription:
        return self.description


class BrokenSource(MemorySource):
    @override
    def pages(self, plan: ReadPlan) -> Iterator[SourcePage | ScopeReceipt]:
        yield next(iter(super().pages(plan)))
        raise FatalTransportError(action="search", status=500)


def test_the_report_tells_counts_records_and_writes() -> None:
    ward = Ward(*whole_patient("p1"), haemoglobin("p2"))
    report = ward.sync(roster("p1"))
    told = report.as_dict()
    assert told["counts"]["Observation"] == {
        "received": 2,
        "mapped": 1,
        "rejected": 0,
        "excluded": 1,
        "rejected_parts": 0,
        "excluded_by": {"other-patient": 1},
        "rejected_by": {},
    }
    assert told["records"] == {"created": 1, "changed": 0, "unchanged": 0}
    assert told["writes"]["created"] == 2
    assert told["as_of"] == AS_OF.isoformat()
    assert told["definitions_digest"] == "definitions-1"
    assert (told["source"], told["sink"]) == ("memory", "memory")
    assert report.exit_code == 0


def test_the_manifest_says_when_a_run_began_and_how_it_ended() -> None:
    ward = Ward(*whole_patient("p1"))
    report = ward.sync()
    (run,) = ward.store.runs.list_runs()
    assert (run.id, run.command, run.hospital, run.trial) == (report.run, "sync", HOSPITAL, TRIAL)
    assert (run.started, run.finished, run.exit_code) == (AS_OF, AS_OF, 0)
    assert run.report == report.as_dict()


def test_roster_rows_that_match_nobody_or_several_need_attention() -> None:
    ward = Ward(patient("p1"), patient("p2"), patient("p2"))
    ward.memory.resources[2] = {**patient("p2"), "id": "p3"}
    report = ward.sync(roster("p1", "nobody", "p2"))
    assert (report.unmatched_rows, report.doubled_rows, report.exit_code) == ((2,), (3,), 1)
    assert ward.row("p1").screening_number == "N-p1"


@pytest.mark.parametrize(("budget", "code"), [(0.5, 0), (0.49, 1)])
def test_more_rejections_than_the_hospitals_budget_need_attention(budget: float, code: int) -> None:
    ward = Ward(patient("p1"), haemoglobin("p1", unit="furlong"))
    ward.traits = make_traits(rejection_budget=budget)
    report = ward.sync()
    assert report.rejected_share == 0.5
    assert report.exit_code == code


def test_a_failed_run_says_so_and_moves_no_cursor() -> None:
    ward = Ward(*whole_patient("p1"))
    ward.source = BrokenSource(ward.memory.resources)
    with pytest.raises(FatalTransportError):
        ward.sync()
    (run,) = ward.store.runs.list_runs()
    assert (run.exit_code, run.report) == (3, {"error": "FatalTransportError"})
    assert ward.store.checkpoints.load(HOSPITAL, f"trial:{TRIAL}") is None


def test_the_cursor_is_where_the_run_began_and_knows_its_question() -> None:
    ward = Ward(*whole_patient("p1"))
    ward.sync()
    cursor = ward.store.checkpoints.load(HOSPITAL, f"trial:{TRIAL}")
    assert cursor is not None
    assert cursor.position == AS_OF.isoformat()
    assert len(cursor.query) == 64


def test_a_hospital_for_folders_only_is_never_written_to_through_a_server() -> None:
    ward = Ward(patient("p1"))
    ward.traits = make_traits(folder_only=True)
    ward.sink = NamedSink("server", "https://ward.example/fhir")
    with pytest.raises(GuardError, match="folder"):
        ward.sync()
    assert ward.store.runs.list_runs() == ()
    ward.sink = NamedSink("folder", "./out")
    assert ward.sync().exit_code == 0


def test_one_store_remembers_one_sink() -> None:
    ward = Ward(patient("p1"))
    ward.sync(roster("p1"))
    ward.sink = NamedSink("folder", "./elsewhere")
    with pytest.raises(UsageError, match="remembers what was written to memory"):
        ward.sync(roster("p1"))


def test_a_dry_run_binds_no_sink() -> None:
    ward = Ward(patient("p1"))
    ward.sync(roster("p1"), write=False)
    assert ward.store.checkpoints.load(HOSPITAL, SINK_SCOPE) is None


def test_progress_is_told_step_by_step() -> None:
    told: list[tuple[str, int]] = []
    ward = Ward(*whole_patient("p1"))
    ward.progress = lambda step, count: told.append((step, count))
    ward.sync()
    assert ("read", 4) in told
    assert told[-1][0] == "write"
