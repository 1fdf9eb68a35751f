"""The application: its commands, its exit codes, the only place that catches everything."""

from __future__ import annotations

import logging
import sys

import typer
from typing_extensions import override

from fhir_adapter import __version__
from fhir_adapter.cli import (
    adverse_events,
    attest,
    check,
    clearance,
    demo,
    derive,
    deviations,
    dlt,
    dosing,
    escalation,
    explain,
    feasibility,
    grade,
    plan,
    rejections,
    review,
    safety,
    subject,
    subjects,
    sync,
)
from fhir_adapter.cli.output import say
from fhir_adapter.errors import AdapterError, ConfigurationError, InvariantError
from fhir_adapter.events import Event, log
from fhir_adapter.gateways.heap import spare_collector
from fhir_adapter.settings import load_settings

STOPPED = 130
"""Exit code after Ctrl-C, as shells have it."""

app = typer.Typer(
    name="fhir-adapter",
    help="Hospital FHIR R4 -> trial eligibility with evidence -> ResearchSubject. A named person decides.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=True,
)

app.command("demo")(demo.demo)
app.command("sync")(sync.sync)
app.command("derive")(derive.derive)
app.command("subjects")(subjects.subjects)
app.command("explain")(explain.explain)
app.command("plan")(plan.plan)
app.command("dosing")(dosing.dosing)
app.command("clearance")(clearance.clearance)
app.command("feasibility")(feasibility.feasibility)
app.command("deviations")(deviations.deviations)
app.command("safety")(safety.safety)
app.command("adverse-events")(adverse_events.adverse_events)
app.command("dlt")(dlt.dlt)
app.command("grade")(grade.grade)
app.command("check")(check.check)
app.command("rejections")(rejections.rejections)
app.command("attest")(attest.attest)
app.add_typer(escalation.app, name="escalation")
app.add_typer(review.app, name="review")
app.add_typer(subject.app, name="subject")


def _print_version(value: bool) -> None:
    if value:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def start(
    version: bool = typer.Option(
        False, "--version", callback=_print_version, is_eager=True, help="Show the version."
    ),
) -> None:
    """Set up the log before any command runs."""
    del version
    logging.basicConfig(stream=sys.stderr, format="%(levelname)s %(name)s %(event)s %(message)s %(fields)s")
    root = logging.getLogger()
    root.handlers[0].setFormatter(_EventFormatter())
    logging.getLogger("fhir_adapter").setLevel(load_settings().log_level)
    for name in ("httpx", "httpcore", "sqlalchemy", "alembic"):  # they log URLs and parameters below WARNING
        logging.getLogger(name).setLevel(logging.WARNING)


class _EventFormatter(logging.Formatter):
    """One line per event; a message of another library is shown by its logger's name and level only."""

    @override
    def format(self, record: logging.LogRecord) -> str:
        event = getattr(record, "event", None)
        if event is None:
            return f"{record.levelname} {record.name}"
        fields = " ".join(f"{name}={value}" for name, value in getattr(record, "fields", {}).items())
        return f"{record.levelname} {event} {record.getMessage()} {fields}".rstrip()


def main() -> None:
    """Run the command line and end with the exit code of what happened."""
    spare_collector()
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command.

    Args:
        arguments: As given on the command line.

    Returns:
        The exit code (see errors.py). Unexpected errors print their kind and place, never their text: it may
        hold patient data.
    """
    command = next((argument for argument in arguments if not argument.startswith("-")), "")
    try:
        result = app(arguments, standalone_mode=False)
    except typer.TyperException as error:
        if message := error.format_message():  # none where a group's help was shown instead
            say(f"usage: {message} (try --help)")
        return ConfigurationError.exit_code
    except typer.Abort:
        say("nothing was saved: the question was not answered with yes")
        return STOPPED
    except AdapterError as error:
        say(f"{type(error).__name__}: {error}")
        log(Event.COMMAND_FAILED, command=command, error=type(error).__name__, exit_code=error.exit_code)
        return error.exit_code
    except Exception as error:  # noqa: BLE001 - the top of the program: nothing may escape as a traceback
        say(f"internal error {type(error).__name__} at {_place(error)}; please report this line")
        log(Event.COMMAND_FAILED, command=command, error=type(error).__name__, exit_code=InvariantError.exit_code)
        return InvariantError.exit_code
    if result == STOPPED:
        say("stopped: run the same command again; nothing is done twice")
    return result if isinstance(result, int) else 0


def _place(error: BaseException) -> str:
    """Give module and line where an error was raised; never its text."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "unknown place"
    return f"{trace.tb_frame.f_globals.get('__name__', 'unknown module')}:{trace.tb_lineno}"
