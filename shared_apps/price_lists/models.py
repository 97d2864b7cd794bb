"""Price lists that suppliers hand in, row by row, and the addresses from which lists are pulled."""

from __future__ import annotations

import secrets
import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shared_apps.supplier_catalog.models import SupplierOrganisation
from tenants.kernel import clock
from tenants.kernel.moves import Move, Moves, Step
from tenants.models import Region


class ListState(models.TextChoices):
    UPLOADED = "uploaded", _("columns to be looked at")
    READING = "reading", _("being read")
    READY = "ready", _("to be looked at")
    APPLYING = "applying", _("being applied")
    APPLIED = "applied", _("applied")
    UNDOING = "undoing", _("being undone")
    UNDONE = "undone", _("undone")
    DROPPED = "dropped", _("dropped")
    FAILED = "failed", _("stopped")


# A worker is at it, or should be.
AT_WORK = (ListState.READING, ListState.APPLYING, ListState.UNDOING)


class RowKind(models.TextChoices):
    NEW = "new", _("new")
    CHANGED = "changed", _("changed")
    SAME = "same", _("as it is")
    BAD = "bad", _("to be mended")
    MISSING = "missing", _("not in the list")


class Outcome(models.TextChoices):
    """What became of a row once its list was taken over."""

    WAITING = "", _("waiting")
    APPLIED = "applied", _("applied")
    REFUSED = "refused", _("refused")
    BACK = "back", _("undone")
    # Somebody changed the article since.
    LEFT = "left", _("left as it is")


class Every(models.IntegerChoices):
    """Hours between two pulls."""

    HOUR = 1, _("each hour")
    SIX = 6, _("each six hours")
    DAY = 24, _("each day")
    WEEK = 168, _("each week")


def list_path(one: PriceList, filename: str) -> str:
    """A name that nobody can guess and that holds nothing of the supplier's own."""
    return f"price_lists/{secrets.token_hex(16)}"


def _one_place(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        name=name,
        condition=Q(area__isnull=False, region__isnull=True) | Q(area__isnull=True, region__isnull=False),
    )


class SupplierColumns(models.Model):
    """What a supplier said that its headings mean: {heading: meaning}."""

    organisation = models.OneToOneField(SupplierOrganisation, on_delete=models.CASCADE, related_name="list_columns")
    meanings = models.JSONField(default=dict)

    def __str__(self) -> str:
        return str(self.organisation)


class PriceFeed(models.Model):
    """An address from which a supplier's list is pulled every so many hours."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey(SupplierOrganisation, on_delete=models.PROTECT, related_name="price_feeds")
    url = models.CharField(_("address of the list"), max_length=500)
    area = models.ForeignKey("regions.Area", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    region = models.ForeignKey(Region, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    every = models.PositiveSmallIntegerField(_("how often"), choices=Every.choices, default=Every.DAY)
    # A list without a bad row and without a price that jumps is taken over without anybody's look.
    is_automatic = models.BooleanField(_("is applied by itself"), default=False)
    is_paused = models.BooleanField(_("paused"), default=False)
    next_at = models.DateTimeField(default=clock.now)
    # What the server said last, so that it need not send what did not change.
    etag = models.CharField(max_length=200, blank=True)
    modified = models.CharField(max_length=60, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    pulled_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    failure = models.CharField(max_length=300, blank=True)
    ended_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField(default=clock.now, editable=False)
    by = models.CharField(max_length=80)

    class Meta:
        verbose_name = _("address of a price list")
        verbose_name_plural = _("addresses of price lists")
        ordering: ClassVar[list[str]] = ["pk"]
        indexes: ClassVar[list[models.Index]] = [
            # Beat asks each few minutes what is due.
            models.Index(name="price_feed_due", fields=["next_at"], condition=Q(ended_at=None, is_paused=False)),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [_one_place("price_feed_for_area_or_region")]

    def __str__(self) -> str:
        return self.url


class PriceList(models.Model):
    """One file for one place, from its upload to its undoing. The file stays as it came."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey(SupplierOrganisation, on_delete=models.PROTECT, related_name="price_lists")
    feed = models.ForeignKey(PriceFeed, null=True, blank=True, on_delete=models.PROTECT, related_name="lists")
    area = models.ForeignKey("regions.Area", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    region = models.ForeignKey(Region, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    file = models.FileField(upload_to=list_path)
    file_name = models.CharField(_("file"), max_length=160)
    sha256 = models.CharField(max_length=64)
    state = models.CharField(
        _("state"), max_length=10, choices=ListState.choices, default=ListState.UPLOADED, editable=False
    )
    # The head of the table, where it stands, and what each column means (`columns.COLUMNS`).
    headings = models.JSONField(default=list)
    head_line = models.PositiveIntegerField(default=1)
    columns = models.JSONField(default=list)
    # A few texts of each column, for whoever says what it means.
    samples = models.JSONField(null=True)
    # Of the present work: reading, taking over, taking back.
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    # Rows of each kind, once it is read.
    counts = models.JSONField(default=dict)
    failure = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField(default=clock.now, editable=False)
    moved_at = models.DateTimeField(default=clock.now, editable=False)
    # When the work last went on, so that what a killed worker left is found.
    touched_at = models.DateTimeField(default=clock.now, editable=False)
    by = models.CharField(max_length=80)

    moves: ClassVar[Moves] = Moves(
        Move("read", (ListState.UPLOADED, ListState.FAILED), ListState.READING),
        Move("finish", (ListState.READING,), ListState.READY),
        Move("remap", (ListState.READY, ListState.FAILED), ListState.UPLOADED),
        Move("apply", (ListState.READY, ListState.FAILED), ListState.APPLYING),
        Move("complete", (ListState.APPLYING,), ListState.APPLIED),
        Move("undo", (ListState.APPLIED, ListState.FAILED), ListState.UNDOING),
        Move("restore", (ListState.UNDOING,), ListState.UNDONE),
        Move("drop", (ListState.UPLOADED, ListState.READY, ListState.FAILED), ListState.DROPPED),
        Move("fail", (ListState.READING, ListState.APPLYING, ListState.UNDOING), ListState.FAILED),
    )

    class Meta:
        verbose_name = _("price list")
        verbose_name_plural = _("price lists")
        ordering: ClassVar[list[str]] = ["-pk"]
        indexes: ClassVar[list[models.Index]] = [
            # Beat looks for work that nobody does.
            models.Index(
                name="price_list_at_work",
                fields=["touched_at"],
                condition=Q(state__in=[state.value for state in AT_WORK]),
            ),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            _one_place("price_list_for_area_or_region"),
            models.CheckConstraint(name="price_list_state_known", condition=Q(state__in=ListState.values)),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def place(self) -> tuple[str | None, int | None]:
        return (self.area_id, self.region_id)

    def record_move(self, step: Step) -> None:
        self.moved_at = self.touched_at = clock.now()
        type(self).objects.filter(pk=self.pk).update(moved_at=self.moved_at, touched_at=self.moved_at)
        self.history.create(
            move=step.move, before=step.before, after=step.after, by=step.by, reason=step.reason[:240], at=self.moved_at
        )


class PriceListEvent(models.Model):
    """One step of a list."""

    price_list = models.ForeignKey(PriceList, on_delete=models.CASCADE, related_name="history")
    move = models.CharField(max_length=20)
    before = models.CharField(max_length=10, blank=True)
    after = models.CharField(max_length=10, choices=ListState.choices)
    by = models.CharField(max_length=80)
    reason = models.CharField(max_length=240, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"


class PriceListRow(models.Model):
    """A row of the file with what it would change; or an article that is offered and that the file lacks."""

    price_list = models.ForeignKey(PriceList, on_delete=models.CASCADE, related_name="rows")
    # In the file, as a spreadsheet counts; none for what the file lacks.
    number = models.PositiveIntegerField(null=True)
    # As its cells say, for the eye and the search.
    sku = models.CharField(max_length=200, blank=True)
    name = models.CharField(max_length=200, blank=True)
    cells = models.JSONField(default=list)
    kind = models.CharField(max_length=8, choices=RowKind.choices)
    # [what, from, to], in words; the price that it names.
    changes = models.JSONField(default=list)
    price = models.BigIntegerField(null=True)
    percent = models.IntegerField(null=True)
    jumps = models.BooleanField(default=False)
    error = models.CharField(max_length=300, blank=True)
    # Of a missing article: the offers that would end.
    offers = models.JSONField(default=list)
    chosen = models.BooleanField(default=False)
    outcome = models.CharField(max_length=8, choices=Outcome.choices, default=Outcome.WAITING, blank=True)
    # What publishing answered, so that it can be taken back (`supplier_catalog.services.publishing.Published`).
    published = models.JSONField(null=True)

    class Meta:
        verbose_name = _("row of a price list")
        verbose_name_plural = _("rows of price lists")
        ordering: ClassVar[list[str]] = ["number", "pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="price_list_row_of_kind", fields=["price_list", "kind", "number", "id"]),
            # What is still to be published.
            models.Index(
                name="price_list_row_waits", fields=["price_list", "id"], condition=Q(chosen=True, outcome="")
            ),
            # What is still to be taken back.
            models.Index(name="price_list_row_applied", fields=["price_list", "id"], condition=Q(outcome="applied")),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="price_list_row_once", fields=["price_list", "number"]),
            models.CheckConstraint(name="price_list_row_kind_known", condition=Q(kind__in=RowKind.values)),
            # Nothing of a bad row, or of one that changes nothing, is ever published.
            models.CheckConstraint(
                name="price_list_row_choosable",
                condition=Q(chosen=False)
                | Q(kind__in=[RowKind.NEW.value, RowKind.CHANGED.value, RowKind.MISSING.value]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.sku}"
