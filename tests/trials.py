"""Heavy trials: a tenth of the rounds in `make test`, all of them in `make trials`; seeds are printed."""

from __future__ import annotations

import os
import random

FULL = os.environ.get("WARSA_TRIALS") == "full"


def rounds(full: int) -> int:
    """How many rounds to run now."""
    return full if FULL else max(1, full // 10)


def seeded() -> random.Random:
    """A random source whose seed is shown with a failure (set WARSA_SEED to repeat one)."""
    seed = int(os.environ.get("WARSA_SEED", random.SystemRandom().randrange(2**32)))
    print(f"WARSA_SEED={seed}")
    return random.Random(seed)
