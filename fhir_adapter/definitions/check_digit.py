"""Check digits of LOINC and SNOMED CT codes: most slips of the pen are caught without a terminology server.

Knows: the two published algorithms. Does not know: which codes exist.
"""

from __future__ import annotations

from typing import Final

LOINC = "http://loinc.org"
SNOMED_CT = "http://snomed.info/sct"

_DIHEDRAL: Final = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    (1, 2, 3, 4, 0, 6, 7, 8, 9, 5),
    (2, 3, 4, 0, 1, 7, 8, 9, 5, 6),
    (3, 4, 0, 1, 2, 8, 9, 5, 6, 7),
    (4, 0, 1, 2, 3, 9, 5, 6, 7, 8),
    (5, 9, 8, 7, 6, 0, 4, 3, 2, 1),
    (6, 5, 9, 8, 7, 1, 0, 4, 3, 2),
    (7, 6, 5, 9, 8, 2, 1, 0, 4, 3),
    (8, 7, 6, 5, 9, 3, 2, 1, 0, 4),
    (9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
)
_PERMUTATION: Final = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)


def check_digit_fits(system: str, code: str) -> bool:
    """Say whether a code's check digit fits.

    Does not check LOINC answer and part codes (LA, LP): their algorithm is not published.

    Args:
        system: URI of the code system.
        code: As written.

    Returns:
        True for systems without check digits.

    >>> check_digit_fits(LOINC, "2160-0"), check_digit_fits(LOINC, "2160-1")
    (True, False)
    """
    if system == LOINC:
        return code.startswith(("LA", "LP")) or loinc_fits(code)
    return system != SNOMED_CT or snomed_fits(code)


def loinc_fits(code: str) -> bool:
    """Check a LOINC code by its mod-10 digit.

    Args:
        code: Digits, hyphen, check digit.

    Returns:
        False also where the code is not written so.

    Source:
        LOINC Users' Guide, appendix on the mod 10 check digit.

    >>> loinc_fits("78006-4")
    True
    """
    digits, hyphen, check = code.partition("-")
    if not (hyphen and digits.isascii() and digits.isdigit() and len(check) == 1 and check.isdigit()):
        return False
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * 2 if place % 2 == 0 else int(digit)
        total += doubled - 9 if doubled > 9 else doubled
    return (10 - total % 10) % 10 == int(check)


def snomed_fits(code: str) -> bool:
    """Check a SNOMED CT identifier by its Verhoeff digit.

    Args:
        code: 6 to 18 digits.

    Returns:
        False also where the code is not written so.

    Source:
        SNOMED CT Release File Specifications, 6.3 Check-digit (Verhoeff 1969).

    >>> snomed_fits("91861009"), snomed_fits("91861000")
    (True, False)
    """
    if not (code.isascii() and code.isdigit() and 6 <= len(code) <= 18):
        return False
    state = 0
    for place, digit in enumerate(reversed(code)):
        permuted = int(digit)
        for _ in range(place % 8):
            permuted = _PERMUTATION[permuted]
        state = _DIHEDRAL[state][permuted]
    return state == 0
