"""Which of the suppliers' articles this region buys, and what changes to them wait for its answer."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenants.kernel import clock
from tenants.kernel.moves import Move, Moves, Step


class AdoptionState(models.TextChoices):
    ACTIVE = "active", _("is bought")
    PAUSED = "paused", _("paused")
    ENDED = "ended", _("ended")


class Adoption(models.Model):
    """A supplier's article that this region buys, as one of its own products.

    The supplier catalogue is named by public ids, for a region may be moved to another database; the names are copies, to be
    read where the catalogue is away. `version` and `offer` are what the region agreed to last.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    product = models.ForeignKey("catalog.Product", on_delete=models.PROTECT, related_name="adoptions")
    supplier = models.UUIDField()
    article = models.UUIDField()
    version = models.UUIDField()
    offer = models.UUIDField()
    supplier_name = models.CharField(_("supplier"), max_length=160)
    article_name = models.CharField(_("article"), max_length=160)
    sku = models.CharField(_("SKU"), max_length=60)
    pack_label = models.CharField(_("pack"), max_length=40)
    # Base units of our product in one pack that is ordered.
    base_quantity = models.BigIntegerField(_("content of a pack"))
    # Rupiah for one pack at the first tier, as it was agreed to.
    price = models.BigIntegerField(_("price"))
    state = models.CharField(
        _("state"), max_length=6, choices=AdoptionState.choices, default=AdoptionState.ACTIVE, editable=False
    )
    by = models.CharField(max_length=80)
    adopted_at = models.DateTimeField(default=clock.now)
    moved_at = models.DateTimeField(default=clock.now)

    moves: ClassVar[Moves] = Moves(
        Move("pause", (AdoptionState.ACTIVE,), AdoptionState.PAUSED),
        Move("resume", (AdoptionState.PAUSED,), AdoptionState.ACTIVE),
        Move("end", (AdoptionState.ACTIVE, AdoptionState.PAUSED), AdoptionState.ENDED),
    )

    class Meta:
        verbose_name = _("adopted article")
        verbose_name_plural = _("adopted articles")
        ordering: ClassVar[list[str]] = ["product", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="adoption_state_known", condition=Q(state__in=AdoptionState.values)),
            models.CheckConstraint(name="adoption_positive", condition=Q(base_quantity__gt=0, price__gt=0)),
            # An article is one product here; who ended it may adopt it anew.
            models.UniqueConstraint(
                name="adoption_once", fields=["article"], condition=~Q(state=AdoptionState.ENDED.value)
            ),
        ]

    def __str__(self) -> str:
        return self.article_name

    def record_move(self, step: Step) -> None:
        self.moved_at = clock.now()
        type(self).objects.filter(pk=self.pk).update(moved_at=self.moved_at)
        self.history.create(
            move=step.move, before=step.before, after=step.after, by=step.by, reason=step.reason, at=self.moved_at
        )


class AdoptionEvent(models.Model):
    """One step of an adoption. The database refuses to change or delete it."""

    adoption = models.ForeignKey(Adoption, on_delete=models.PROTECT, related_name="history")
    move = models.CharField(max_length=20)
    before = models.CharField(max_length=6, blank=True)
    after = models.CharField(max_length=6, choices=AdoptionState.choices)
    by = models.CharField(max_length=80)
    reason = models.CharField(max_length=240, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"


class ChangeState(models.TextChoices):
    PROPOSED = "proposed", _("waits for an answer")
    ACCEPTED = "accepted", _("accepted")
    REJECTED = "rejected", _("rejected")
    NEXT_CYCLE = "next_cycle", _("from the next cycle on")
    # The supplier changed it once more before anybody answered.
    REPLACED = "replaced", _("replaced by a later change")


class ChangeKind(models.TextChoices):
    FACTS = "facts", _("the article")
    PRICE = "price", _("the price")
    TERMS = "terms", _("the terms")
    GONE = "gone", _("is no longer offered")


class AdoptionChange(models.Model):
    """A supplier's change to an adopted article, and what the region answers. One waits at a time.

    `before` and `after` are facts as people read them: {"name", "pack_label", "base_quantity", "base_unit", "price", "tiers",
    "least", "most", "lead_days", "freight", "tax", "catch_weight"}; `after` is empty for what is no longer offered.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    adoption = models.ForeignKey(Adoption, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(_("what changes"), max_length=5, choices=ChangeKind.choices)
    version = models.UUIDField(null=True)
    offer = models.UUIDField(null=True)
    before = models.JSONField()
    after = models.JSONField()
    state = models.CharField(
        _("state"), max_length=10, choices=ChangeState.choices, default=ChangeState.PROPOSED, editable=False
    )
    found_at = models.DateTimeField(default=clock.now)
    answered_by = models.CharField(max_length=80, blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("change of an article")
        verbose_name_plural = _("changes of articles")
        ordering: ClassVar[list[str]] = ["-found_at", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="adoption_change_state_known", condition=Q(state__in=ChangeState.values)),
            models.CheckConstraint(name="adoption_change_kind_known", condition=Q(kind__in=ChangeKind.values)),
            models.UniqueConstraint(
                name="adoption_change_waits_once",
                fields=["adoption"],
                condition=Q(state__in=[ChangeState.PROPOSED.value, ChangeState.NEXT_CYCLE.value]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.adoption}: {self.kind}"
