"""Somebody is told once: by mail, else by a short text, else only inside the app."""

from __future__ import annotations

from django.utils.translation import override

from tenants.context import in_region
from tenants.models import Region
from tenants.outbox.letters import letter
from tenants.outbox.services import Message

NEWS = {"subject": "Order 7KQ4MP\nis packed.", "body": "Come and get it.", "path": "/pesanan/7KQ4MP/", "dedupe": "x"}


def test_a_mail_before_a_short_text_before_nothing(kalidoni: Region) -> None:
    with in_region(kalidoni), override("id"):
        both = letter(email="ratna@example.test", phone="+6281200000001", **NEWS)
        texted = letter(email="", phone="+6281200000001", **NEWS)
        assert letter(email="", phone="", **NEWS) == []
    (mailed,), (text,) = both, texted
    assert isinstance(mailed, Message) and (mailed.kind, text.kind) == ("mail", "sms")
    assert mailed.payload["subject"] == "Order 7KQ4MP is packed."
    assert mailed.payload["body"].startswith("Come and get it.\n\nLihat di sini: ")
    assert text.payload["body"].startswith("Order 7KQ4MP\nis packed. Lihat di sini: ")
    assert all(one.payload["body"].strip().endswith("/pesanan/7KQ4MP/") for one in (mailed, text))
