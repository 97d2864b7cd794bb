"""What the environment gives to programs beside the platform; the platform's own settings have their own reader."""

from __future__ import annotations

import os
from pathlib import Path


def given(name: str) -> str:
    """The value of NAME, or of the file that NAME_FILE names. Raises KeyError when neither is set."""
    if name not in os.environ and (file := os.environ.get(f"{name}_FILE")):
        return Path(file).read_text().strip()
    return os.environ[name]
