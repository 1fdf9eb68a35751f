"""A trial's escalation rule alone, read from its two files: what a hospital is or does has no say in it.

Knows: which files it stands in. Does not know: the rest of the definitions.
"""

from __future__ import annotations

from collections.abc import Mapping

from fhir_adapter.definitions.compile_escalation import compile_escalation
from fhir_adapter.definitions.file_escalation import EscalationFile
from fhir_adapter.definitions.file_set import setting_values
from fhir_adapter.definitions.folder import TRIALS, Roots
from fhir_adapter.definitions.setting_text import Filler, SettingValue
from fhir_adapter.definitions.typed_file import typed
from fhir_adapter.definitions.yaml_text import load_document
from fhir_adapter.domain.escalation.rule import EscalationRule
from fhir_adapter.errors import UsageError

ESCALATION_FILE = "escalation.yaml"


def load_escalation(
    roots: Roots, trial: str, overrides: Mapping[str, SettingValue] | None = None
) -> EscalationRule:
    """Read a trial's escalation rule.

    Args:
        roots: Where mappings are.
        trial: Its id.
        overrides: 0..*; other values of its settings.

    Returns:
        The rule.

    Raises:
        DefinitionError: One of the files is wrong.
        UsageError: There is no such trial, or it has no dose escalation.
    """
    folder = roots.folder(TRIALS, trial)
    path, shown_as = folder.file(ESCALATION_FILE)
    if not path.is_file():
        raise UsageError(f"trial {trial} has no dose escalation: there is no {shown_as}")
    values = setting_values(load_document(*folder.file("trial.yaml")))
    filled = Filler({**values, **(overrides or {})}).fill(load_document(path, shown_as))
    return compile_escalation(typed(filled, EscalationFile))
