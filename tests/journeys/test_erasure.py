"""A citizen looks who saw their data, takes a copy along, and is forgotten: by pages, by a worker, and in the logs of all processes."""

from __future__ import annotations

import json
import re
import time

from playwright.sync_api import Browser, expect

from tests.journeys.conftest import Platform
from tests.journeys.demo import signed_in
from tests.journeys.looking import look
from tests.journeys.serving import a_citizen, tables_that_name
from tests.journeys.trading import new_phone, press, say

WHO = {
    "name": "Rosmalina Hutapea",
    "mail": "rosmalina@example.test",
    "phone": "+6281377001122",
    "nik": "1671045205880004",
}
PASSWORD = "kebun-raya-2026"
TRACES = re.compile(rb"rosmalina|hutapea|81377001122|1671045205880004", re.IGNORECASE)


def test_a_citizen_is_forgotten(browser: Browser, platform_running: Platform) -> None:
    a_citizen(platform_running, **WHO, password=PASSWORD)
    yuli, rosmalina, camat = (new_phone(browser) for _phone in range(3))
    site = signed_in(yuli, platform_running, "Satker")
    signed_in(camat, platform_running, "Admin")

    # Somebody of the Satker looks for her, by name and by number, and has her number shown.
    yuli.goto(f"{site}/sampah/")
    with yuli.expect_navigation():
        yuli.locator("main a.item-body").last.click()
    unit = yuli.url
    for words in ("Rosmalina", "0813-7700-1122"):
        yuli.goto(f"{unit}nasabah/?q={words}")
        expect(yuli.locator("main")).to_contain_text(WHO["name"])
    yuli.locator("main a.item-body").filter(has_text=WHO["name"]).click()
    expect(yuli.locator("main")).to_contain_text("+628••••122")
    look(yuli, "member-masked")
    yuli.locator("button[value=phone]").click()
    expect(yuli.locator("main")).to_contain_text(WHO["phone"])

    # She signs in, reads who it was, and takes everything along.
    rosmalina.goto(f"{site}/masuk/")
    rosmalina.locator("main [name=login]").fill("0813 7700 1122")
    rosmalina.locator("main [name=password]").fill(PASSWORD)
    press(rosmalina, "Sign in")
    rosmalina.goto(f"{site}/akun/data/")
    for seen in (say("the telephone number"), say("the member's page")):
        expect(rosmalina.locator("main")).to_contain_text(re.compile(seen, re.IGNORECASE))
    expect(rosmalina.locator("main")).to_contain_text("Yuli")
    look(rosmalina, "my-data")
    rosmalina.get_by_text(say("A copy of everything")).click()
    rosmalina.locator("#copy [name=password]").fill(PASSWORD)
    look(rosmalina, "my-data-copy")
    with rosmalina.expect_download() as taken:
        rosmalina.get_by_role("button", name=say("Take the copy")).click()
    copied = json.loads(taken.value.path().read_text(encoding="utf-8"))["data"]
    assert copied["accounts"]["phone"] == WHO["phone"] and copied["bank_sampah"]["members"][0]["nik"] == WHO["nik"]
    assert tables_that_name(platform_running, **WHO)

    # And she is forgotten.
    rosmalina.goto(f"{site}/akun/data/hapus/")
    look(rosmalina, "erase")
    rosmalina.locator("main [name=word]").fill("HAPUS")
    rosmalina.locator("main [name=password]").fill(PASSWORD)
    press(rosmalina, "Erase my data for good")
    look(rosmalina, "erased")
    rosmalina.goto(f"{site}/akun/data/")
    expect(rosmalina.locator("main [name=login]")).to_be_visible()
    for _second in range(60):
        camat.goto(f"{site}/wilayah/penghapusan/")
        if camat.locator("main").get_by_text("selesai").count():
            break
        time.sleep(1)
    look(camat, "erasures")
    expect(camat.locator("main")).not_to_contain_text(say("being carried out"))
    assert tables_that_name(platform_running, **WHO) == {}
    # Mail that left the house lies in the mailbox of this machine, which stands for the readers' own.
    files = [path for path in platform_running.home.rglob("*") if path.is_file() and "mail" not in path.parts]
    assert any(path.name.startswith("web") for path in files), "the logs are among them"
    assert [path.name for path in files if TRACES.search(path.read_bytes())] == []
