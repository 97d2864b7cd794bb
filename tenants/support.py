"""What a view declares about operators whom a region let in; see tenant_apps.accounts.support, which asks.

Without a word: they may look at what offices and everybody may see, and change nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])


def open_to_support(view: View) -> View:
    """Support may change something here: a setting that an admin could mend at once. Never money, stock, people or keys."""
    view.open_to_support = True  # type: ignore[attr-defined]
    return view


def closed_to_support(view: View) -> View:
    """Support may not even look: what is one person's own, or tells a number in full."""
    view.closed_to_support = True  # type: ignore[attr-defined]
    return view


def way_out(view: View) -> View:
    """Open to support whatever it does: going is never refused."""
    view.way_out = True  # type: ignore[attr-defined]
    return view
