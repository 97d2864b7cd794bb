"""A mail server for one machine: takes every letter, sends none on, keeps them in a Maildir that the mailbox page shows."""

from __future__ import annotations

import argparse
import asyncio
import mailbox
import signal
import socket
import sys
from email import message_from_bytes
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session


class Keeper:
    """Puts each letter into the Maildir; the addresses of the envelope become headers."""

    def __init__(self, folder: Path) -> None:
        self.box = mailbox.Maildir(folder, create=True)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content or b""
        letter = message_from_bytes(content if isinstance(content, bytes) else content.encode())
        letter["X-MailFrom"] = str(envelope.mail_from or "")
        letter["X-RcptTo"] = ", ".join(str(to) for to in envelope.rcpt_tos)
        self.box.add(letter)
        return "250 Kept"


async def serve(listener: socket.socket, folder: Path) -> None:
    """Take letters until told to stop."""
    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signum, stopping.set)
    keeper = Keeper(folder)
    server = await loop.create_server(lambda: SMTP(keeper, enable_SMTPUTF8=True, loop=loop), sock=listener)
    async with server:
        await stopping.wait()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m infra.embedded.mailbox", description=__doc__)
    parser.add_argument("--fd", type=int, required=True, help="a bound socket that the starter hands over")
    parser.add_argument("--into", type=Path, required=True, help="the Maildir")
    given = parser.parse_args()
    asyncio.run(serve(socket.socket(fileno=given.fd), given.into))


if __name__ == "__main__":
    sys.exit(main())
