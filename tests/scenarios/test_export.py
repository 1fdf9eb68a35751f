"""The committed export of the demo hospital is what the stories say today."""

from __future__ import annotations

from tests.demo_export import resources
from tests.scenarios.export import EXPORT, demo_stories, export_files


def test_the_committed_export_is_fresh() -> None:
    written = {path.name: path.read_text(encoding="utf-8") for path in EXPORT.iterdir()}
    assert written == export_files(demo_stories()), "run `make demo-export`"


def test_the_demo_hospital_has_at_least_thirty_patients() -> None:
    assert len(demo_stories()) >= 30


def test_every_dosage_says_how_much_or_how_fast_as_a_server_asks() -> None:
    """R4 constraint mad-1: a dosage without dose and rate is refused by a FHIR server."""
    dosages = {body["id"]: body["dosage"] for body in resources() if "dosage" in body}
    assert dosages
    refused = [
        name for name, dosage in dosages.items() if not {"dose", "rateRatio", "rateQuantity"} & dosage.keys()
    ]
    assert refused == []
