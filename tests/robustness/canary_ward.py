"""A ward that holds the canary patient, and an ear for everything that is said there."""

from __future__ import annotations

import json
import logging
from typing import Any

from typing_extensions import override

from tests.command import Place, Ran
from tests.demo_export import write_folder
from tests.robustness import canary


def hold(place: Place, bodies: list[dict[str, Any]]) -> None:
    """Write the ward's export; one resource stands in a file named after the patient."""
    write_folder(place.export, [(body["resourceType"], json.dumps(body)) for body in bodies if body["id"] != "r1"])
    for body in bodies:
        if body["id"] == "r1":
            (place.export / "QX7CANARY family.json").write_text(json.dumps(body), encoding="utf-8")
    for path in place.export.glob("*QX7CANARY*.ndjson"):
        path.rename(path.with_name("Odd.ndjson"))


class Records(logging.Handler):
    """Keeps everything that is logged by anybody, arguments and tracebacks included."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.texts: list[str] = []

    @override
    def emit(self, record: logging.LogRecord) -> None:
        fields = getattr(record, "fields", {})
        self.texts.append(f"{record.getMessage()} {fields} {logging.Formatter().format(record)}")


def check(ran: Ran, logged: Records, *, code: int, out: bool = True) -> None:
    """Expect an exit code and nothing of the patient, in stdout too unless a person asked for it."""
    assert ran.code == code, ran.err
    assert canary.leaks([ran.err, *logged.texts, *([ran.out] if out else [])]) == []
