"""`fhir-adapter attest`: a named person says whether a criterion's statement holds."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from fhir_adapter.bootstrap import Choice, open_workplace
from fhir_adapter.cli.options import AsOf, By, Hospital, Mappings, OutputFormat, Store, Trial, parse_time
from fhir_adapter.cli.output import Format, emit, say, show
from fhir_adapter.report.decisions import AttestResult, render_attestation
from fhir_adapter.sync.attest import AttestRequest, explain_statement, run_attest


def attest(
    subject: Annotated[str, typer.Argument(help="Subject id, Patient/ID, or system|value.")],
    link: Annotated[str, typer.Argument(help="Criterion id or another statement of the trial, for example E5.")],
    value: Annotated[
        str, typer.Argument(help="true or false; or a date, a number, a code, as the statement asks.")
    ],
    *,
    by: By,
    reason: Annotated[str | None, typer.Option("--reason", help="Why, in your words.")] = None,
    supersedes: Annotated[
        str | None, typer.Option("--supersedes", help="Id of the statement this replaces.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before saving.")] = False,
    as_of: AsOf = None,
    hospital: Hospital = None,
    trial: Trial = None,
    store: Store = None,
    mappings: Mappings = None,
    output: OutputFormat = Format.TEXT,
) -> None:
    """Record a statement; true on an exclusion means that it excludes."""
    moment = parse_time(as_of, "--as-of")
    with open_workplace(Choice(hospital=hospital, trial=trial, store=store, mappings=mappings)) as workplace:
        say(explain_statement(workplace.definitions.trial, link, value))
        if not yes and sys.stdin.isatty():
            typer.confirm("Save this statement?", abort=True, err=True)
        request = AttestRequest(
            subject=subject, link=link, value=value, by=by, reason=reason, supersedes=supersedes
        )
        made = run_attest(workplace.desk(moment), request)
        past = moment is not None and workplace.moment(moment) < workplace.clock.now()
        if past:
            say(f"stated now: it does not count as of {workplace.moment(moment).isoformat()}")
    result = AttestResult(
        id=made.id,
        subject=made.subject.subject,
        meaning=made.meaning,
        verdict=made.record.verdict if made.record else None,
    )
    emit(result) if output is Format.JSON else show(render_attestation(result))
