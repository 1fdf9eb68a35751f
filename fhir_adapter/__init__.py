"""The adapter between hospital EHRs (FHIR R4) and a clinical trial."""

from __future__ import annotations

__version__ = "0.1.0"
