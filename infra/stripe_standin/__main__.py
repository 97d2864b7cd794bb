"""python -m infra.stripe_standin --port 12111 --home FOLDER

From the environment: WARSA_STRIPE_KEY, the only key that counts; WARSA_STRIPE_ENDPOINT and WARSA_STRIPE_WEBHOOK_SECRET,
where events are told and the secret that signs them (the first word).
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path

from infra.stripe_standin.server import serve


def main() -> None:
    reader = argparse.ArgumentParser(prog="python -m infra.stripe_standin")
    reader.add_argument("--port", type=int, default=12111, help="0 takes any that is free and prints it")
    reader.add_argument("--home", type=Path, required=True, help="the folder that keeps the account")
    wanted = reader.parse_args()
    # So that files are closed in order.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    secrets = os.environ.get("WARSA_STRIPE_WEBHOOK_SECRET", "").replace(",", " ").split()
    try:
        serve(
            wanted.home,
            wanted.port,
            key=os.environ.get("WARSA_STRIPE_KEY", ""),
            endpoint=os.environ.get("WARSA_STRIPE_ENDPOINT", ""),
            secret=secrets[0] if secrets else "",
            started=lambda port: print(f"Stripe stand-in: http://localhost:{port}", flush=True),
        )
    except KeyboardInterrupt:
        sys.exit(0)


if __name__ == "__main__":
    main()
