"""The number each coded performance answer stands for, written by hand: a criterion stands on one of them only."""

from __future__ import annotations

from fhir_adapter.definitions.load import load_definitions

NCI_THESAURUS = "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl"
LANSKY = {
    "C70538": "0",
    "C70539": "10",
    "C70540": "20",
    "C70541": "30",
    "C70542": "40",
    "C69421": "50",
    "C69422": "60",
    "C69423": "70",
    "C69424": "80",
    "C69425": "90",
    "C69426": "100",
}


def test_every_coded_performance_answer_stands_for_its_number() -> None:
    meanings = load_definitions(hospital="demo", trial="nct07256210").terminology.meanings
    scores = {key: meaning.score for key, meaning in meanings.items() if meaning.score is not None}
    assert scores == {(NCI_THESAURUS, code): score for code, score in LANSKY.items()}
