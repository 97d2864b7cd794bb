"""A supervisor of the city comes by a mailed link, and sees Palembang against its 2,500 warungs; nothing beside it."""

from __future__ import annotations

import json
import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Platform
from tests.journeys.looking import look
from tests.journeys.operating import open_console
from tests.journeys.serving import _shell
from tests.journeys.trading import press

MAIL, PASSWORD = "dewi@palembang.example.test", "kata-sandi-panjang-7"

_INVITE = """
import json
from shared_apps.operations.supervising import invite_supervisor
from shared_apps.operations.services import push_counters
from shared_apps.operations.summing import sum_up_recent
from tenants.context import in_region, on_platform
from tenants.models import Region
from tenants.outbox.models import OutboxMessage
with on_platform():
    region = Region.objects.get(name="Kalidoni")
with in_region(region):
    push_counters()
with on_platform():
    sum_up_recent()
    invite_supervisor(email={mail!r}, name="Dewi Lestari", area_code="16.71", by="system:journey")
    body = OutboxMessage.objects.filter(payload__to={mail!r}).latest("pk").payload["body"]
    print("TOLD " + json.dumps({{"body": body, "warungs": region.rollup.warungs, "orders": region.rollup.orders_30d}}))
"""


def invited(platform: Platform) -> dict[str, Any]:
    """The mail to the supervisor, and what Kalidoni told just now."""
    answer = _shell(platform.home, _INVITE.format(mail=MAIL))
    told: dict[str, Any] = json.loads(answer.split("TOLD ", 1)[1])
    return told


def test_a_supervisor_sees_palembang_against_its_target(page: Page, platform_running: Platform) -> None:
    told = invited(platform_running)
    link = re.search(r"(/pembina/undangan/\S+)", told["body"])
    assert link and told["warungs"] > 0
    page.goto(f"{platform_running.url}{link[1]}")
    look(page, "supervisor-invitation")
    page.locator("main [name=password]").fill(PASSWORD)
    press(page, "To the figures")
    expect(page.locator("h1")).to_have_text("Kota Palembang")
    main = page.locator("main")
    expect(main.get_by_text(re.compile(r"% dari sasaran 2\.500"))).to_be_visible()
    expect(main.locator(".stat strong").first).to_have_text(str(told["warungs"]))
    look(page, "supervisor-palembang")
    # Kalidoni's tile, by keyboard.
    tile = main.locator(".area-tiles a", has_text="Kalidoni")
    tile.focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Kalidoni")
    expect(main.get_by_text(re.compile(r"% dari sasaran 200"))).to_be_visible()
    expect(main.get_by_role("rowheader", name="Kalidoni")).to_be_visible()
    look(page, "supervisor-kalidoni")
    # What is not theirs is not there.
    for path in ("/pembina/wilayah/16/", "/pembina/wilayah/52.71/", "/operator/"):
        answer = page.goto(f"{platform_running.url}{path}")
        assert answer and answer.status == 404, path


def test_operators_see_the_fleet_the_map_and_the_targets(page: Page, platform_running: Platform) -> None:
    told = invited(platform_running)
    open_console(page, platform_running)
    main = page.locator("main")
    expect(main.get_by_role("rowheader", name="Kalidoni")).to_be_visible()
    look(page, "console-regions")
    page.goto(f"{platform_running.url}/operator/?sort=-gmv&stale=1")
    look(page, "console-filtered")
    page.goto(f"{platform_running.url}/operator/")
    main.get_by_role("link", name="Kalidoni").first.click()
    expect(page.locator("h1")).to_have_text("Kalidoni")
    expect(main.locator(".stat strong").first).to_have_text(str(told["warungs"]))
    look(page, "console-region")
    for path, name in (("peta/", "map"), ("peta/16/", "province"), ("sasaran/", "targets"), ("sasaran/baru/", "target"),
                       ("pembina/", "supervisors"), ("pembina/undang/", "supervisor")):  # fmt: skip
        page.goto(f"{platform_running.url}/operator/{path}")
        look(page, f"console-{name}")
    # The map by keyboard: South Sumatra is a link with its number.
    page.goto(f"{platform_running.url}/operator/peta/")
    page.locator("svg.map a[aria-label^='Sumatera Selatan']").focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Sumatera Selatan")
