"""Subject ids: the same patient in the same trial has the same id in every store with the same secret.

Knows: keyed digests. Does not know: where the secret is kept.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from hashlib import sha256

from fhir_adapter.domain.source import HospitalId, SubjectId, TrialId
from fhir_adapter.errors import ConfigurationError

PREFIX = "S-"
LENGTH = 10
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O or U, so that an id read aloud is written down right."""

SECRET_BYTES = 16
"""Shorter secrets could be found by trying; patient ids are few."""


@dataclass(frozen=True, slots=True)
class SubjectIds:
    """Makes subject ids for one hospital and trial.

    Attributes:
        secret: The site's secret; whoever knows it can tell whether a patient is in the trial.
    """

    trial: TrialId
    hospital: HospitalId
    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse a secret that protects nothing."""
        if len(self.secret) < SECRET_BYTES:
            raise ConfigurationError(
                f"the site secret (FHIR_ADAPTER_SITE_SECRET, or its file) needs at least {SECRET_BYTES} bytes"
            )

    def subject(self, patient: str) -> SubjectId:
        """Give a patient's subject id.

        Args:
            patient: Logical id of the Patient at this hospital.

        Returns:
            `S-` and ten characters (50 bits of HMAC-SHA256 over trial, hospital and patient).

        Source:
            design contracts, Identity: deterministic keyed digest; a rebuilt store finds the same subject.

        >>> SubjectIds(TrialId("t"), HospitalId("h"), b"0123456789abcdef").subject("12")
        'S-ZT27S1Y53E'
        """
        message = b"\0".join(part.encode() for part in (self.trial, self.hospital, patient))
        number = int.from_bytes(hmac.digest(self.secret, message, sha256)[:7], "big") >> 6
        return SubjectId(PREFIX + "".join(ALPHABET[(number >> shift) & 31] for shift in range(45, -1, -5)))
