"""Pages that come with the length of their list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, QuerySet, Window

# Generic for the type checker alone.
if TYPE_CHECKING:
    Pages = Paginator[Any]
else:
    Pages = Paginator


class CountedPaginator(Pages):
    """Reads a page and the length of the whole list in one statement; past the end, as any paginator."""

    def get_page(self, number: int | float | str | None) -> Page[Any]:
        wanted = int(number) if isinstance(number, str) and number.isascii() and number.isdigit() else number or 1
        if isinstance(self.object_list, QuerySet) and isinstance(wanted, int) and 0 < wanted < 10_000:
            start = (wanted - 1) * self.per_page
            counted = self.object_list.annotate(in_all=Window(Count("*")))
            rows = list(counted[start : start + self.per_page])
            if rows:
                # Where a paginator keeps what it counted.
                self.__dict__["count"] = rows[0].in_all
                return Page(rows, wanted, self)
        return super().get_page(number)
