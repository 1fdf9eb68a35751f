from __future__ import annotations

from collections.abc import Iterator

from typing_extensions import override

from fhir_adapter.ports.source import ReadPlan, ScopeReceipt, SourcePage
from tests.fakes.memory_source import MemorySource
from tests.fakes.memory_store import MemoryStore
from tests.study import patient
from tests.unit.sync.test_extract import counts, extract, receipt


def test_an_unreadable_line_counts_as_the_type_its_file_promised_and_against_everybody() -> None:
    class BrokenLine(MemorySource):
        @override
        def pages(self, plan: ReadPlan) -> Iterator[SourcePage | ScopeReceipt]:
            yield from super().pages(plan)
            yield SourcePage(resources=[b"{"], origin="Procedure.ndjson", resource_type="Procedure")

    store = MemoryStore()
    types = ("Patient", "Observation", "Procedure")
    extracted = extract(BrokenLine([patient("p1"), patient("p2")]), store, types=types)
    assert counts(extracted)["Procedure"] == (1, 0, 1, 0)
    assert [receipt(store, name, "Procedure").rejected for name in ("p1", "p2")] == [1, 1]
    assert receipt(store, "p1", "Observation").rejected == 0
