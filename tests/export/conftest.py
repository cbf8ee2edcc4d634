"""Programs that read exports and are run, never imported."""

from __future__ import annotations

from pathlib import Path

import pytest

TOOLS = Path(__file__).resolve().parents[2] / ".venv-tools"


@pytest.fixture(scope="session")
def tools() -> Path:
    """The folder of the programs."""
    if not (TOOLS / "bin" / "mlcroissant").exists():
        pytest.skip("frictionless and mlcroissant are not there: run `make tools`")
    return TOOLS / "bin"
