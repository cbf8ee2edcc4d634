"""Fixtures of all tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared measures; tests that need it are skipped where it is missing."""
    named = os.environ.get("SHARED")
    places = [Path(named)] if named else [p / "shared" for p in Path(__file__).resolve().parents]
    for place in places:
        if (place / "seed").is_dir():
            return place
    pytest.skip("the shared folder is not there")
