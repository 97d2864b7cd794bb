from __future__ import annotations

from tenants.backup.restoring import DRAIN_S
from tenants.lifecycle import closing, domains, handing
from tenants.lifecycle.models import Closing, HandedArchive
from tenants.locks import alone
from tenants.tasks import platform_task

_SPACE = 0x57_4C  # "WL"


@platform_task()
def make_archive(archive_id: int) -> None:
    """The archive that somebody ordered is made; safe to repeat."""
    archive = HandedArchive.objects.select_related("region").filter(pk=archive_id, made_at=None).first()
    if archive is not None:
        handing.fulfil(archive)


@platform_task()
def tend_closing(closing_id: int) -> None:
    """One closing takes the step that is due; safe to repeat."""
    found = Closing.objects.select_related("region").filter(pk=closing_id).first()
    if found is None:
        return
    with alone(_SPACE, closing_id) as mine:
        if mine:
            closing.tend(found, drain_s=DRAIN_S)


@platform_task()
def tend_closings() -> None:
    """Beat: closings whose day has come, and files whose day has passed."""
    for closing_id in closing.due():
        tend_closing.apply_async((closing_id,), expires=600)
    handing.sweep()


@platform_task()
def check_domains() -> None:
    """Beat: hosts whose last check is a day old are asked for their TXT record, some at a time."""
    domains.check_due()
