from __future__ import annotations

from shared_apps.price_lists.services import pulling, working
from tenants.tasks import platform_task


@platform_task()
def work_on(list_id: int) -> None:
    """Read a list, take it over or back; safe to repeat."""
    working.work(list_id)


@platform_task()
def rescue_price_lists() -> None:
    """Beat: what a killed worker left behind is given to another one."""
    for list_id in working.abandoned():
        work_on.apply_async((list_id,))


@platform_task()
def pull_price_list(feed_id: int) -> None:
    """Pull one address; safe to repeat."""
    pulling.pull(feed_id)


@platform_task()
def pull_price_lists() -> None:
    """Beat: addresses that are due."""
    for feed_id in pulling.due():
        pull_price_list.apply_async((feed_id,))
