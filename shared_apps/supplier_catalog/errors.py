"""Why a supplier's catalogue refuses something."""

from __future__ import annotations

from collections.abc import Mapping

from tenants.kernel.errors import DomainError


class BadDrafts(DomainError):
    """Some articles cannot be published as they are written. `by_draft`: the place of each among those given, and what to mend."""

    code = "bad_drafts"
    status = 400

    def __init__(self, by_draft: Mapping[int, str]) -> None:
        super().__init__(next(iter(by_draft.values())))
        self.by_draft = dict(by_draft)
