"""Start the real FHIR server of this folder once per test run.

Rule for system servers: with CI=true a missing one fails the tests, elsewhere it skips them with one line.
"""

from __future__ import annotations

import atexit
import json
import os
import shutil
import subprocess
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import httpx
import pytest

HERE = Path(__file__).parent
_START_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A FHIR server that runs: its base URL."""

    base: str

    def reset(self) -> None:
        """Forget every resource."""
        httpx.post(f"{self.base.removesuffix('/fhir/R4')}/reset", trust_env=False).raise_for_status()

    def load(self, resources: Sequence[Mapping[str, object]]) -> None:
        """Put resources under their own ids."""
        entries = [
            {"resource": body, "request": {"method": "PUT", "url": f"{body['resourceType']}/{body['id']}"}}
            for body in resources
        ]
        bundle = {"resourceType": "Bundle", "type": "batch", "entry": entries}
        answer = httpx.post(self.base, json=bundle, trust_env=False, timeout=60).raise_for_status().json()
        refused = [e["response"] for e in answer.get("entry", []) if not e["response"]["status"].startswith("2")]
        assert not refused, refused[0]


def fhir_server_or_skip() -> RunningServer:
    """Give the running server; without Node the test fails under CI=true and is skipped elsewhere."""
    if shutil.which("node") is None or not (HERE / "node_modules" / "@medplum").is_dir():
        message = "the real FHIR server is not installed: make server-deps (needs Node 20 or newer)"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return _started()


@cache
def _started() -> RunningServer:
    process = subprocess.Popen(
        ["node", "server.mjs"],
        cwd=HERE,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={"PATH": os.environ["PATH"], "AUTH": "0"},
    )
    atexit.register(_stop, process)
    bound = threading.Timer(_START_SECONDS, process.kill)
    bound.start()
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
    finally:
        bound.cancel()
    if not line:
        pytest.fail(f"the real FHIR server ended at its start with code {process.wait(5)}")
    return RunningServer(json.loads(line)["fhir"])


def _stop(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.communicate(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
