"""The number each coded answer stands for, written by hand: a rule stands on few of them only."""

from __future__ import annotations

from fhir_adapter.definitions.load import load_definitions

LOINC = "http://loinc.org"
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
RASS = {
    "LA17287-6": "4",
    "LA33959-0": "3",
    "LA33960-8": "2",
    "LA16474-1": "1",
    "LA33962-4": "0",
    "LA33963-2": "-1",
    "LA33964-0": "-2",
    "LA33965-7": "-3",
    "LA33966-5": "-4",
    "LA33967-3": "-5",
}


def test_every_coded_answer_stands_for_its_number() -> None:
    meanings = load_definitions(hospital="demo", trial="nct07256210").terminology.meanings
    scores = {key: meaning.score for key, meaning in meanings.items() if meaning.score is not None}
    lansky = {(NCI_THESAURUS, code): score for code, score in LANSKY.items()}
    assert scores == lansky | {(LOINC, code): score for code, score in RASS.items()}
