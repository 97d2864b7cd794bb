"""A web process that loses nobody at its beginning or its end."""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from django.template.loader import get_template
from django.urls import get_resolver
from django.utils import translation
from gunicorn.workers.gthread import ThreadWorker

log = logging.getLogger(__name__)


class DrainingWorker(ThreadWorker):  # type: ignore[misc]
    """gunicorn's with threads, that leaves nobody waiting at a door which it will not open again.

    gunicorn's own stops accepting when it is told to end, but keeps the door while requests and kept connections last; who
    comes then waits in the queue and is cut off. Here the queue is let in first, and then there is no door: a proxy that is
    refused asks elsewhere.
    """

    def set_accept_enabled(self, enabled: bool) -> None:
        super().set_accept_enabled(enabled)
        if enabled or self.alive:
            return
        for door in self.sockets:
            before = -1
            while before != self.nr_conns:
                before = self.nr_conns
                self.accept(door)
            door.close()


def warm(worker: Any) -> None:
    """All pages and words are loaded before the first visitor comes, who would wait for it; and so would those behind them."""
    for urlconf in (settings.ROOT_URLCONF, settings.PUBLIC_SCHEMA_URLCONF):
        get_resolver(urlconf)._populate()
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            translation.gettext("Save")
    for name in ("ui/shell_platform.html", "ui/shell_region.html", "ui/shell_work.html"):
        get_template(name)
