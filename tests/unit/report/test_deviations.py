"""The list of deviations: as a table, as JSON, as a file for the principal investigator."""

from __future__ import annotations

import io
from datetime import date

from rich.console import Console

from fhir_adapter.domain.dosing.records import Deviation
from fhir_adapter.domain.dosing.study_deviations import ListedDeviation, StudyDeviation
from fhir_adapter.domain.source import SubjectId
from fhir_adapter.report.deviations import build_deviations, render_deviations, write_deviations

LOW = ListedDeviation(
    subject=SubjectId("S-1"),
    kind=Deviation.DOSE_LOW,
    what="fludarabine: PARTIAL",
    when=date(2026, 3, 12),
    item="fludarabine",
    day=-13,
    record="abc",
    evidence=("MedicationAdministration/1", "Observation/weight"),
)
UNKNOWN = ListedDeviation(
    subject=SubjectId("S-2"), kind=StudyDeviation.ENROLLED_WITH_UNKNOWN, what="enrolled with UNKNOWN: I6"
)


def printed(*listed: ListedDeviation) -> str:
    """What a wide terminal shows."""
    out = io.StringIO()
    Console(file=out, width=160, highlight=False).print(render_deviations(build_deviations(listed)))
    return out.getvalue()


def test_a_row_names_subject_day_kind_and_evidence() -> None:
    first, second = build_deviations([LOW, UNKNOWN]).model_dump()["deviations"]
    assert first == {
        "subject": "S-1",
        "deviation": "DOSE_LOW",
        "what": "fludarabine: PARTIAL",
        "date": "2026-03-12",
        "item": "fludarabine",
        "day": -13,
        "record": "abc",
        "evidence": ["MedicationAdministration/1", "Observation/weight"],
    }
    assert (second["date"], second["day"], second["item"], second["evidence"]) == (None, None, None, [])


def test_the_table_ends_with_how_many_of_how_many() -> None:
    text = printed(LOW, LOW, UNKNOWN)
    assert "3 deviations of 2 subjects" in text
    assert "ENROLLED_WITH_UNKNOWN" in text


def test_no_deviation_is_said_in_words_without_an_empty_table() -> None:
    assert printed().startswith("0 deviations of 0 subjects")


def test_the_file_has_one_line_each_under_the_names_of_the_columns() -> None:
    file = io.StringIO()
    write_deviations(build_deviations([LOW, UNKNOWN]), file)
    references = "MedicationAdministration/1 Observation/weight"
    assert file.getvalue().split("\r\n") == [
        "subject,deviation,what,date,item,day,record,evidence",
        f"S-1,DOSE_LOW,fludarabine: PARTIAL,2026-03-12,fludarabine,-13,abc,{references}",
        "S-2,ENROLLED_WITH_UNKNOWN,enrolled with UNKNOWN: I6,,,,,",
        "",
    ]
