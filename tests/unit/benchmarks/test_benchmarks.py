"""The benchmark's parts at tiny size: figures that cannot be measured any more would be missed too late."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.deriving import DerivingResult, derive, lines_by_patient, measure_deriving
from benchmarks.figures import deriving_lines, grading_lines, memory_lines, reading_lines, starting_lines
from benchmarks.generate import generate
from benchmarks.grading import GradingResult, measure_grading
from benchmarks.memory import measure_memory, peak_mebibytes
from benchmarks.profiling import profile
from benchmarks.reading import ReadingResult, count_endings, measure_reading
from benchmarks.starting import StartingResult
from benchmarks.stopwatch import Timing, interleave, median_ratio
from benchmarks.workload import Export, make_export, real_definitions
from fhir_adapter.definitions.load import Definitions


@pytest.fixture(scope="module")
def definitions() -> Definitions:
    return real_definitions()


def tiny(folder: Path, mix: str) -> Export:
    """A hundredth of a megabyte would do; the generator's smallest is one."""
    return make_export(folder / mix, mix, 1)


def test_equal_seeds_generate_equal_bytes_with_ids_of_their_own(tmp_path: Path) -> None:
    for name in ("one", "two"):
        generate(tmp_path / name, mix="synthea", megabytes=1, patients=3, seed=7)
    one, two = ((tmp_path / name / "Observation.ndjson").read_bytes() for name in ("one", "two"))
    assert one == two
    assert len({line.split(b'"id":"')[1][:25] for line in one.splitlines()}) == one.count(b"\n")


def test_at_least_four_of_five_rich_resources_are_mapped(tmp_path: Path, definitions: Definitions) -> None:
    export = tiny(tmp_path, "mapped")
    counts = count_endings(export, definitions)
    assert counts["mapped"] >= 0.8 * export.resources
    assert sum(counts.values()) == export.resources


def test_most_synthea_like_resources_are_excluded_and_none_is_rejected(
    tmp_path: Path, definitions: Definitions
) -> None:
    export = tiny(tmp_path, "synthea")
    counts = count_endings(export, definitions)
    assert counts["excluded"] > 0.6 * export.resources  # the rest are results somebody grades
    assert "rejected" not in counts


def test_jobs_take_turns() -> None:
    order: list[str] = []
    timings = interleave({"a": lambda: order.append("a"), "b": lambda: order.append("b")}, 2)
    assert order == ["a", "b", "a", "b"]
    assert [len(timings[name].cpu) for name in ("a", "b")] == [2, 2]


def test_a_ratio_compares_neighbours_in_time() -> None:
    over, under = Timing((2.0, 8.0, 3.0), ()), Timing((1.0, 2.0, 2.0), ())
    assert median_ratio(over, under) == 2.0


def test_a_mix_is_measured_with_and_without_the_store(tmp_path: Path, definitions: Definitions) -> None:
    result = measure_reading("synthea", tiny(tmp_path, "synthea"), definitions, tmp_path / "s.db", 1)
    lines = "\n".join(reading_lines(result))
    assert all(words in lines for words in ("orjson.loads alone", "bytes to facts", "bytes to the store"))
    assert not (tmp_path / "s.db").exists()


def test_deriving_is_measured_for_subjects_with_a_hundred_resources(
    tmp_path: Path, definitions: Definitions
) -> None:
    export = tiny(tmp_path, "mapped")
    result = measure_deriving(export, definitions, tmp_path / "s.db", subjects=1, rounds=1)
    assert result.subjects == 1
    assert result.resources >= 100


def test_every_resource_of_a_patient_is_found(tmp_path: Path, definitions: Definitions) -> None:
    export = tiny(tmp_path, "mapped")
    by_patient = lines_by_patient(export.lines(), definitions)
    assert sum(map(len, by_patient.values())) == export.resources
    patient = min(by_patient)
    assert derive(patient, (), definitions).subject == patient


def test_a_child_process_tells_its_own_peak(tmp_path: Path) -> None:
    peak = measure_memory(tiny(tmp_path, "mapped"), tmp_path / "s.db")
    assert 20 < peak < 200
    assert peak_mebibytes() > 20


def test_a_profile_names_functions() -> None:
    assert "sorted" in profile(lambda: sorted(range(5)))


def test_a_missed_target_is_called_missed(tmp_path: Path) -> None:
    timing = Timing((1.0,), (1.0,))
    result = ReadingResult(
        mix="mapped",
        export=Export(tmp_path, 10, 1_000_000),
        counts={"mapped": 9, "excluded": 1},
        orjson=timing,
        reading=timing,
        storing=timing,
        ratio=0.29,
    )
    assert list(reading_lines(result))[-1] == "  bytes to facts / orjson: 0.29 (target 0.3: MISSED)"
    slow = DerivingResult(subjects=1, resources=100, reading=10.0, loading=1.0, deriving=10.0)
    assert "MISSED" in list(deriving_lines(slow))[-1]
    assert list(memory_lines({30: 100.0, 300: 201.0})) == [
        "peak memory at 30 MB: 100 MiB (at most 200: reached)",
        "peak memory at 300 MB: 201 MiB (at most 200: MISSED)",
        "  the same at every size: MISSED",
    ]
    assert list(starting_lines(StartingResult(0.5, 0.25))) == [
        "start, CPU seconds: imports 0.50, definitions 0.25"
    ]


def test_a_table_is_graded_row_by_row(tmp_path: Path) -> None:
    result = measure_grading(tmp_path, 60, rounds=1)
    assert sum(result.statuses.values()) == result.rows == 60
    assert result.statuses["GRADED"] > 30
    assert result.statuses.get("UNGRADABLE", 0) < 30


def test_the_figure_of_grading_is_rows_a_second() -> None:
    timing = Timing((2.0, 4.0, 3.0), (5.0, 5.0, 5.0))
    statuses = {"UNGRADABLE": 300, "GRADED": 2700}
    assert list(grading_lines(GradingResult(rows=3000, statuses=statuses, timing=timing))) == [
        "grading a table of 3000 rows: 3.0 s, 1000 rows/s (1000 us/row, 5.0 s by the clock)",
        "  90% GRADED, 10% UNGRADABLE",
    ]
