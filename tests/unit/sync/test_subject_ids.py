from __future__ import annotations

import re

import pytest

from fhir_adapter.domain.source import HospitalId, TrialId
from fhir_adapter.errors import ConfigurationError
from fhir_adapter.sync.subject_ids import SubjectIds

SECRET = b"0123456789abcdef"
IDS = SubjectIds(TrialId("t"), HospitalId("h"), SECRET)


def test_the_same_patient_always_has_the_same_id() -> None:
    assert IDS.subject("12") == SubjectIds(TrialId("t"), HospitalId("h"), SECRET).subject("12") == "S-ZT27S1Y53E"


def test_trial_hospital_patient_and_secret_all_count() -> None:
    others = {
        IDS.subject("12"),
        IDS.subject("13"),
        SubjectIds(TrialId("u"), HospitalId("h"), SECRET).subject("12"),
        SubjectIds(TrialId("t"), HospitalId("i"), SECRET).subject("12"),
        SubjectIds(TrialId("t"), HospitalId("h"), b"another secret!!").subject("12"),
    }
    assert len(others) == 5


def test_an_id_has_no_letters_that_look_like_digits() -> None:
    ids = {IDS.subject(str(number)) for number in range(2000)}
    assert len(ids) == 2000
    assert all(re.fullmatch(r"S-[0-9A-HJKMNP-TV-Z]{10}", each) for each in ids)


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="16 bytes"):
        SubjectIds(TrialId("t"), HospitalId("h"), b"short")


def test_the_secret_is_not_shown() -> None:
    assert "0123456789" not in repr(IDS)
