"""Tell people something inside the app, and note what they have read."""

from __future__ import annotations

from datetime import datetime

from django.utils.dateparse import parse_datetime

from tenant_apps.notifications.models import Notice
from tenants.identity.models import User
from tenants.kernel import clock
from tenants.outbox.models import OutboxMessage
from tenants.outbox.services import Message, deliverer, put_all

KIND = "notice"


def notify(*, user: User, subject: str, body: str = "", path: str = "", dedupe: str) -> bool:
    """The person finds this under /kabar/ once the caller's transaction commits. False if that event was told before.

    `subject` and `body` are already in the person's language; `path` is a page of this region's site.

    Raises:  TransactionManagementError outside a transaction.
    Writes:  outbox "notice".
    """
    return put_all([notice(user=user, subject=subject, body=body, path=path, dedupe=dedupe)]) == 1


def notice(*, user: User, subject: str, body: str = "", path: str = "", dedupe: str) -> Message:
    """The same, not put in yet: for who puts in several messages at once."""
    told = {
        "user": user.pk,
        "subject": " ".join(subject.split())[:200],
        "body": body,
        "path": path,
        "at": clock.now().isoformat(),
    }
    return Message(KIND, told, f"notice:{dedupe}")


@deliverer(KIND)
def deliver_notice(message: OutboxMessage) -> None:
    """The notice is there, once, however often the outbox carries it out. Somebody who is gone is told nothing."""
    told = message.payload
    if not User.objects.filter(pk=told["user"]).exists():
        return
    Notice.objects.get_or_create(
        dedupe=message.dedupe,
        defaults={
            "user_id": told["user"],
            "subject": told["subject"],
            "body": told["body"],
            "path": told["path"],
            "created_at": parse_datetime(told["at"]) or clock.now(),
        },
    )


def mark_read(*, notice: Notice) -> None:
    """The notice counts as read; a second time changes nothing."""
    Notice.objects.filter(pk=notice.pk, read_at=None).update(read_at=clock.now())


def mark_all_read(*, user: User, until: datetime) -> int:
    """All that the person was told until then counts as read. What came in since the page was shown stays unread."""
    return Notice.objects.filter(user=user, read_at=None, created_at__lte=until).update(read_at=clock.now())
