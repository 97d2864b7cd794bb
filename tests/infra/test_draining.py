"""A release loses nothing: not a request while web processes are replaced, not a task while a worker is."""

from __future__ import annotations

import http.client
import mailbox
import os
import re
import signal
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from kombu import Connection

from infra.embedded import children
from infra.embedded.supervisor import free_port
from tenants.context import in_region
from tenants.models import Region
from tenants.outbox.models import OutboxMessage
from tenants.outbox.services import put_mail
from tenants.outbox.tasks import deliver_in_region
from tenants.tasks import HEADER
from tests.infra.proxy import Proxy, caddy
from tests.infra.web import HOST, Web
from tests.shared_apps.onboarding.workers import kill, start, until, worker
from tests.trials import rounds

QUEUE = "9"


@pytest.fixture
def webs(committed: None, kalidoni: Region, tmp_path: Path) -> Iterator[list[Web]]:
    pair = [Web(tmp_path / f"web-{name}.log") for name in "ab"]
    try:
        for one in pair:
            one.start()
        for one in pair:
            one.wait()
        yield pair
    finally:
        for one in pair:
            if one.child is not None:
                children.stop(one.child)


class Visitor(threading.Thread):
    """Comes again and again: reads pages on a kept connection and on new ones, and sends a form."""

    def __init__(self, proxy: Proxy, number: int) -> None:
        super().__init__(daemon=True)
        self.proxy, self.number = proxy, number
        self.seen: Counter[str] = Counter()
        self.stopping = threading.Event()

    def run(self) -> None:
        kept = self.proxy.connect(HOST)
        turn = 0
        while not self.stopping.is_set():
            turn += 1
            asking = kept if turn % 2 else self.proxy.connect(HOST)
            try:
                self.seen[self.visit(asking, turn)] += 1
            except Exception as failure:
                self.seen[type(failure).__name__] += 1
                kept = self.proxy.connect(HOST)
            if asking is not kept:
                asking.close()
            time.sleep(0.05)
        kept.close()

    def visit(self, asking: http.client.HTTPSConnection, turn: int) -> str:
        if turn % 3:
            asking.request("GET", "/" if turn % 2 else "/masuk/", headers={"Host": HOST})
            answer = asking.getresponse()
            answer.read()
            return str(answer.status)
        asking.request("GET", "/masuk/", headers={"Host": HOST})
        answer = asking.getresponse()
        answer.read()
        cookie = next(value for name, value in answer.getheaders() if name == "Set-Cookie" and "__Host-csrf" in value)
        token = cookie.split(";")[0].split("=", 1)[1]
        headers = {
            "Host": HOST,
            "Cookie": f"__Host-csrf={token}",
            "X-CSRFToken": token,
            "Referer": f"https://{HOST}/masuk/",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        asking.request("POST", "/bahasa/", body="language=en&next=/", headers=headers)
        answer = asking.getresponse()
        answer.read()
        return f"form {answer.status}"


def test_no_request_fails_while_one_web_after_the_other_is_replaced(webs: list[Web], tmp_path: Path) -> None:
    upstreams = " ".join(f"127.0.0.1:{one.port}" for one in webs)
    with ExitStack() as stack:
        proxy = stack.enter_context(caddy(tmp_path / "caddy", upstreams=upstreams, base_host="localhost"))
        # The certificate is made on demand, as the web says yes to this host and to no other.
        assert proxy.get(HOST, "/")[0] == 200, proxy.log.read_text()[-2000:]
        with pytest.raises(OSError):
            proxy.get("nobody.localhost", "/")
        visitors = [Visitor(proxy, number) for number in range(3)]
        for visitor in visitors:
            visitor.start()
        for _ in range(rounds(10)):
            for one in webs:
                assert one.end() == 0
                one.start()
                one.wait()
        for visitor in visitors:
            visitor.stopping.set()
        for visitor in visitors:
            visitor.join(30)
    seen = sum((visitor.seen for visitor in visitors), Counter[str]())
    print(dict(seen))
    assert set(seen) == {"200", "form 302"}, (seen, webs[0].log.read_text()[-2000:])
    assert seen["200"] > 20 and seen["form 302"] > 5


def test_a_request_that_is_under_way_is_answered(webs: list[Web]) -> None:
    """The form's last line comes after the process was told to end."""
    web, body = webs[0], b"language=en&next=/"
    token = "a" * 32
    head = (
        f"POST /bahasa/ HTTP/1.1\r\nHost: {HOST}\r\nCookie: __Host-csrf={token}\r\nX-CSRFToken: {token}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", web.port), 30) as line:
        line.sendall(head.encode() + body[:5])
        time.sleep(1)
        assert web.child is not None
        web.child.send_signal(signal.SIGTERM)
        time.sleep(1)
        # A new one finds no door at all, so that the proxy asks elsewhere. In a queue before a door it would be cut off.
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", web.port), 2)
        line.sendall(body[5:])
        answer = line.recv(4000)
    assert answer.startswith(b"HTTP/1.1 302"), answer
    assert web.child.wait(45) == 0


def test_processes_of_one_gunicorn_count_together(webs: list[Web]) -> None:
    web = webs[0]
    for _ in range(40):
        web.get("/healthz")
    status, text = web.get("/metrics", port=web.numbers)
    found = re.search(r'warsa_requests_total\{route="healthz",site="region",status="200"\} (\d+)', text)
    assert status == 200 and found and int(found[1]) >= 40
    # What the public reaches has no such page.
    assert web.get("/metrics")[0] == 404


def test_no_task_is_lost_while_a_worker_is_replaced(committed: None, kalidoni: Region, tmp_path: Path) -> None:
    port, letters, log = free_port(), tmp_path / "mail", tmp_path / "worker.log"
    post = start(
        tmp_path / "mailbox.log", [sys.executable, "-m", "infra.embedded.mailbox", str(port), str(letters)], {}
    )
    number = 300
    with in_region(kalidoni), transaction.atomic():
        for one in range(number):
            put_mail(to=f"a{one}@b.example", subject=f"letter {one}", body="x", dedupe=f"drain:{one}")
    with in_region(kalidoni):
        ids = list(OutboxMessage.objects.values_list("pk", flat=True))
        with Connection(f"{os.environ['WARSA_BROKER_URL']}?virtual_host={QUEUE}") as broker:
            sent: Any = deliver_in_region
            for pk in ids:
                sent.apply_async((pk,), headers={HEADER: kalidoni.schema_name}, connection=broker)

    def delivered() -> int:
        with in_region(kalidoni):
            return OutboxMessage.objects.filter(state=OutboxMessage.State.DELIVERED).count()

    environment = {"WARSA_SMTP_PORT": str(port)}
    running = worker(tmp_path, QUEUE, beat=False, processes=2, environment=environment)
    try:
        for share in (0.1, 0.4, 0.7):
            until(lambda goal=share * number: delivered() >= goal, 90, log)  # type: ignore[misc]
            before = delivered()
            running.send_signal(signal.SIGTERM)
            assert running.wait(60) == 0, log.read_text()[-2000:]
            assert before < number, "the worker was replaced in the middle"
            running = worker(tmp_path, QUEUE, beat=False, processes=2, environment=environment)
        until(lambda: delivered() == number, 90, log)
    finally:
        kill(running)
        kill(post)
    subjects = Counter(str(letter["Subject"]) for letter in mailbox.Maildir(letters))
    assert subjects == Counter({f"letter {one}": 1 for one in range(number)})
