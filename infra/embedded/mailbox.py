"""A mail server for one machine: takes everything, keeps it in a Maildir, sends nothing on.

python -m infra.embedded.mailbox PORT FOLDER
"""

from __future__ import annotations

import signal
import sys
import threading
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Mailbox


def main() -> None:
    port, folder = int(sys.argv[1]), Path(sys.argv[2])
    controller = Controller(Mailbox(folder), hostname="127.0.0.1", port=port)
    controller.start()
    done = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: done.set())
    done.wait()
    controller.stop()


if __name__ == "__main__":
    main()
