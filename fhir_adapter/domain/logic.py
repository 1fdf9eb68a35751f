"""Kleene's three-valued logic: a missing fact makes an answer UNKNOWN, never false.

Knows: MET, NOT_MET, UNKNOWN and how they combine. Does not know: why something is UNKNOWN.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Truth(StrEnum):
    """Whether a clinical statement holds."""

    MET = "MET"
    NOT_MET = "NOT_MET"
    UNKNOWN = "UNKNOWN"


def all_of(truths: Iterable[Truth]) -> Truth:
    """Say whether every statement holds (Kleene and).

    Args:
        truths: 0..*; an empty conjunction holds.

    Returns:
        NOT_MET as soon as one statement is NOT_MET, even beside UNKNOWN; UNKNOWN if one is UNKNOWN.

    Source:
        S. C. Kleene, Introduction to Metamathematics (1952), section 64, strong tables.

    >>> all_of([Truth.MET, Truth.UNKNOWN])
    <Truth.UNKNOWN: 'UNKNOWN'>
    >>> all_of([Truth.NOT_MET, Truth.UNKNOWN])
    <Truth.NOT_MET: 'NOT_MET'>
    """
    answer = Truth.MET
    for truth in truths:
        if truth is Truth.NOT_MET:
            return Truth.NOT_MET
        if truth is Truth.UNKNOWN:
            answer = Truth.UNKNOWN
    return answer


def any_of(truths: Iterable[Truth]) -> Truth:
    """Say whether at least one statement holds (Kleene or).

    Args:
        truths: 0..*; an empty disjunction does not hold.

    Returns:
        MET as soon as one statement is MET, even beside UNKNOWN; UNKNOWN if one is UNKNOWN.

    Source:
        S. C. Kleene, Introduction to Metamathematics (1952), section 64, strong tables.

    >>> any_of([Truth.MET, Truth.UNKNOWN])
    <Truth.MET: 'MET'>
    """
    return negate(all_of(negate(truth) for truth in truths))


def negate(truth: Truth) -> Truth:
    """Turn a statement into its opposite; what is UNKNOWN stays UNKNOWN.

    Args:
        truth: The statement's truth.

    Returns:
        NOT_MET for MET, MET for NOT_MET, UNKNOWN for UNKNOWN.

    Source:
        S. C. Kleene, Introduction to Metamathematics (1952), section 64, strong tables.

    >>> negate(Truth.UNKNOWN)
    <Truth.UNKNOWN: 'UNKNOWN'>
    """
    if truth is Truth.MET:
        return Truth.NOT_MET
    if truth is Truth.NOT_MET:
        return Truth.MET
    return Truth.UNKNOWN
