"""`python -m infra.container.health web|numbers`: status 0 when this container answers. For HEALTHCHECK; standard library only."""

from __future__ import annotations

import http.client
import os
import sys

WITHIN_S = 4


def answers(port: int, path: str, host: str) -> bool:
    """Whether this machine answers there with 200; a redirect is no health."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=WITHIN_S)
    try:
        connection.request("GET", path, headers={"Host": host})
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def main() -> int:
    if sys.argv[1:] == ["web"]:
        host = os.environ.get("WARSA_BASE_HOST", "localhost")
        return 0 if answers(int(os.environ.get("WARSA_WEB_PORT", "8000")), "/healthz", host) else 1
    if sys.argv[1:] == ["numbers"]:
        return 0 if answers(int(os.environ.get("WARSA_METRICS_PORT", "9107")), "/metrics", "localhost") else 1
    print("write: python -m infra.container.health web|numbers", file=sys.stderr)
    return 2


if __name__ == "__main__":
    raise SystemExit(main())
