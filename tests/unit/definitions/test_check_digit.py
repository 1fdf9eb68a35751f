"""Check digits catch slips of the pen; the codes are from their owners' examples."""

from __future__ import annotations

import pytest

from fhir_adapter.definitions.check_digit import LOINC, SNOMED_CT, check_digit_fits


@pytest.mark.parametrize("code", ["2160-0", "718-7", "78006-4", "14682-9", "2-6", "98979-8"])
def test_a_loinc_code_fits(code: str) -> None:
    assert check_digit_fits(LOINC, code)


@pytest.mark.parametrize("code", ["2160-1", "2610-0", "718", "718-", "718-77", "a-1", "-0", "²-6"])
def test_a_slip_in_a_loinc_code_does_not(code: str) -> None:
    assert not check_digit_fits(LOINC, code)


@pytest.mark.parametrize("code", ["LA6576-8", "LP12345-6"])
def test_answer_and_part_codes_have_no_published_check_digit(code: str) -> None:
    assert check_digit_fits(LOINC, code)


@pytest.mark.parametrize("code", ["91861009", "260373001", "138875005", "12291000132102", "1187123005"])
def test_a_snomed_code_fits(code: str) -> None:
    assert check_digit_fits(SNOMED_CT, code)


@pytest.mark.parametrize(
    "code", ["91861000", "91681009", "260373010", "13887", "1388750050000000000", "a91861009", ""]
)
def test_a_slip_in_a_snomed_code_does_not(code: str) -> None:
    assert not check_digit_fits(SNOMED_CT, code)


def test_systems_without_check_digits_are_not_judged() -> None:
    assert check_digit_fits("http://hl7.org/fhir/sid/icd-10-cm", "C92.00")
