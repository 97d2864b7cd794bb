"""Views of the regions' table that an operator keeps: a name and the query of a filter."""

from __future__ import annotations

from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from shared_apps.operations.board import filter_of
from shared_apps.operations.errors import ViewRefused
from shared_apps.operations.supervisors import SavedView
from tenants.identity.models import User

MOST = 20


def keep_view(*, user: User, name: str, query: str) -> SavedView:
    """The filter has this name for this operator; the same name again names the newer filter. What makes no sense is left out.

    Raises:  ViewRefused without a name, and for more than twenty.
    """
    called = " ".join(name.replace("\x00", "").split())[:60]
    if not called:
        raise ViewRefused(_("Give the view a name."))
    with transaction.atomic():
        mine = SavedView.objects.filter(user=user)
        if mine.exclude(name=called).count() >= MOST:
            raise ViewRefused(_("You keep %(count)d views already. Remove one first.") % {"count": MOST})
        row, _made = SavedView.objects.update_or_create(
            user=user, name=called, defaults={"query": filter_of(QueryDict(query)).query[:400]}
        )
    return row


def drop_view(*, view: SavedView) -> None:
    """The view is gone. Dropping twice changes nothing."""
    SavedView.objects.filter(pk=view.pk).delete()
