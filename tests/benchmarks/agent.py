"""One side in a process of its own: reads orders as lines of JSON, answers each with a line.

`python -m tests.benchmarks.agent ours|stock|plain`
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from importlib import import_module


def main() -> int:
    # What the side prints must not come between the answers.
    channel = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    side = sys.argv[1]
    os.environ["DJANGO_SETTINGS_MODULE"] = f"tests.benchmarks.settings.{side}"
    import django

    django.setup()
    from tests.benchmarks.spending import watch_psycopg

    watch_psycopg()
    module = import_module(f"tests.benchmarks.sides.{side}")
    for line in sys.stdin:
        order = json.loads(line)
        try:
            answer = {"answer": getattr(module, order["do"])(**order["with"])}
        except Exception:
            answer = {"failure": traceback.format_exc()}
        channel.write(json.dumps(answer) + "\n")
        channel.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
