"""Every code of the table is read as told."""

from __future__ import annotations

from tests.scenarios.coded_records import coded_records
from tests.scenarios.reading import definitions_for, reading_context


def test_every_code_is_read_as_told() -> None:
    context = reading_context(definitions_for("nct07256210"))
    found = {each.id: each.told_by(context) for each in coded_records()}
    assert found == {each.id: each.expected for each in coded_records()}


def test_every_code_of_a_kind_of_record_is_told_once() -> None:
    ids = [record.id for record in coded_records()]
    assert len(ids) == len(set(ids)) > 150
