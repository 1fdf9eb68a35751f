"""Merged patient records: which record of a person survives.

Knows: chains of Patient.link. Does not know: where the links were read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def surviving(patient: str, merges: Mapping[str, str]) -> str:
    """Follow merges to the record that survives.

    Args:
        patient: Logical id.
        merges: Merged patient -> the one it was merged into, one step each.

    Returns:
        The end of the chain; the patient itself where the links run in a circle, because then nobody said
        which record survives.

    >>> surviving("1", {"1": "2", "2": "3"})
    '3'
    >>> surviving("1", {"1": "2", "2": "1"})
    '1'
    """
    passed = {patient}
    current = patient
    while current in merges:
        current = merges[current]
        if current in passed:
            return patient
        passed.add(current)
    return current


def merged_into(patient: str, merges: Mapping[str, str]) -> tuple[str, ...]:
    """List the records that were merged into a surviving one.

    Args:
        patient: Logical id of the surviving record.
        merges: Merged patient -> the one it was merged into, one step each.

    Returns:
        0..*; sorted.

    >>> merged_into("3", {"1": "2", "2": "3"})
    ('1', '2')
    """
    return tuple(sorted(other for other in merges if other != patient and surviving(other, merges) == patient))


def same_people(patients: Iterable[str], merges: Mapping[str, str]) -> frozenset[str]:
    """Give every record of the same people: those named, those they were merged into, those merged with them.

    Args:
        patients: 0..*; logical ids.
        merges: Merged patient -> the one it was merged into, one step each.

    Returns:
        At least the patients named.

    >>> sorted(same_people({"1"}, {"1": "3", "2": "3", "8": "9"}))
    ['1', '2', '3']
    """
    named = frozenset(patients)
    survivors = {surviving(patient, merges) for patient in named}
    others = {other for other in merges if surviving(other, merges) in survivors}
    return named | survivors | others
