"""The texts that a region writes itself."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TEXTS: dict[str, str | Promise] = {
    "welcome": _("Welcome on the first page"),
}
