"""Market prices that someone saw, our prices that undercut them, and what citizens say when they do not."""

from __future__ import annotations

import uuid
from datetime import date
from pathlib import Path
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tenants.files import RegionStorage
from tenants.kernel import clock
from tenants.kernel.moves import Move, Moves, Step
from tenants.kernel.units import BaseUnit


class MarketKind(models.TextChoices):
    WHOLESALE = "wholesale", _("main market")
    MARKET = "market", _("market")
    SUPERMARKET = "supermarket", _("supermarket")
    ONLINE = "online", _("online")


class Market(models.Model):
    """A place where people see prices. Observations keep its name as it was when they were written down."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=120, unique=True)
    kind = models.CharField(_("kind"), max_length=11, choices=MarketKind.choices, default=MarketKind.MARKET)
    village_name = models.CharField(_("kelurahan"), max_length=120, blank=True)
    address = models.CharField(_("street and number"), max_length=240, blank=True)
    is_active = models.BooleanField(_("offered when prices are written down"), default=True)

    class Meta:
        verbose_name = _("market")
        verbose_name_plural = _("markets")
        ordering: ClassVar[list[str]] = ["name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="market_kind_known", condition=Q(kind__in=MarketKind.values)),
        ]

    def __str__(self) -> str:
        return self.name


class ImportState(models.TextChoices):
    DRAFT = "draft", _("to be looked at")
    APPLIED = "applied", _("taken over")
    DROPPED = "dropped", _("dropped")
    TAKEN_BACK = "taken_back", _("withdrawn")


class ObservationImport(models.Model):
    """A table of prices that somebody uploaded: looked at first, taken over as one document, taken back as one."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    file_name = models.CharField(_("file"), max_length=160)
    # The file's text. It is read again when it is taken over, for the catalogue may have moved since.
    text = models.TextField()
    # For lines that name none.
    market = models.CharField(_("market"), max_length=120, blank=True)
    observed_on = models.DateField(_("seen on"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=ImportState.choices, default=ImportState.DRAFT)
    taken_over = models.PositiveIntegerField(_("prices"), default=0)
    left_out = models.PositiveIntegerField(_("left out"), default=0)
    by = models.CharField(max_length=80)
    created_at = models.DateTimeField(auto_now_add=True)
    moved_at = models.DateTimeField(null=True)
    reason = models.CharField(_("reason"), max_length=240, blank=True)

    class Meta:
        verbose_name = _("price table")
        verbose_name_plural = _("price tables")
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="import_state_known", condition=Q(state__in=ImportState.values)),
        ]

    def __str__(self) -> str:
        return self.file_name


class Source(models.TextChoices):
    SEEN = "seen", _("seen")
    OFFICIAL = "official", _("official table")
    CLAIM = "claim", _("a customer's claim")


class MarketObservation(models.Model):
    """Somebody saw this price, at this market, on this day: `price` rupiah for `per_quantity` base units."""

    product = models.ForeignKey("catalog.Product", on_delete=models.PROTECT, related_name="observations")
    market = models.CharField(_("market"), max_length=120)
    observed_on = models.DateField(_("seen on"))
    per_quantity = models.BigIntegerField(_("for this quantity"))
    price = models.BigIntegerField(_("price"))
    observer = models.CharField(_("seen by"), max_length=120)
    # A starting value of the catalogue. It is shown, and is never evidence.
    is_estimate = models.BooleanField(_("estimate"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    # The indexes of these stand in Meta: they are built without holding up writers.
    place = models.ForeignKey(
        Market, null=True, blank=True, on_delete=models.PROTECT, related_name="observations", db_index=False
    )
    source = models.CharField(
        _("source"), max_length=8, choices=Source.choices, default=Source.SEEN, db_default=Source.SEEN
    )
    # As it was said, where that was another unit than the product is counted in: 1,000 ml of an oil counted in grams.
    told_quantity = models.BigIntegerField(null=True, blank=True)
    told_unit = models.CharField(max_length=3, choices=BaseUnit.choices, blank=True, default="", db_default="")
    photo = models.FileField(storage=RegionStorage(), upload_to="market", blank=True, default="", db_default="")
    imported = models.ForeignKey(
        ObservationImport, null=True, blank=True, on_delete=models.PROTECT, related_name="observations", db_index=False
    )
    # A price that was written down wrongly is withdrawn, never deleted. It is no evidence any more.
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.CharField(max_length=80, blank=True, default="", db_default="")
    withdrawn_reason = models.CharField(_("reason"), max_length=240, blank=True, default="", db_default="")

    class Meta:
        verbose_name = _("market price")
        verbose_name_plural = _("market prices")
        ordering: ClassVar[list[str]] = ["-observed_on", "-pk"]
        indexes: ClassVar[list[models.Index]] = [
            # The newest evidence for a product.
            models.Index(name="observation_newest", fields=["product", "-observed_on", "-id"]),
            models.Index(name="observation_of_market", fields=["place"]),
            # The prices of an uploaded table, when it is taken back.
            models.Index(name="observation_of_import", fields=["imported"]),
            # The list of all prices, newest first.
            models.Index(name="observation_by_day", fields=["-observed_on", "-id"]),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="observation_positive", condition=Q(price__gt=0, per_quantity__gt=0)),
            models.CheckConstraint(name="observation_source_known", condition=Q(source__in=Source.values)),
            # Nobody takes evidence away without saying why.
            models.CheckConstraint(
                name="observation_withdrawn_says_why", condition=Q(withdrawn_at__isnull=True) | ~Q(withdrawn_reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.market} {self.observed_on}"

    @property
    def is_withdrawn(self) -> bool:
        return self.withdrawn_at is not None

    @property
    def photo_id(self) -> str:
        """How the photo's address names it; nobody can guess it."""
        return Path(self.photo.name or "").stem


class WarungPrice(models.Model):
    """What a warung asks for a pack, with the evidence that it is less than at the market."""

    warung = models.ForeignKey("warungs.Warung", on_delete=models.PROTECT, related_name="prices")
    pack = models.ForeignKey("catalog.Pack", on_delete=models.PROTECT, related_name="warung_prices")
    price = models.BigIntegerField(_("price"))
    evidence = models.ForeignKey(MarketObservation, on_delete=models.PROTECT, related_name="prices")
    # The market's price for this pack at that moment, rounded down: a saving is never overstated.
    market_price = models.BigIntegerField(_("market price"))
    by = models.CharField(max_length=80)
    valid_from = models.DateTimeField(_("valid from"))
    replaced_at = models.DateTimeField(_("replaced at"), null=True, blank=True)

    class Meta:
        verbose_name = _("price")
        verbose_name_plural = _("prices")
        ordering: ClassVar[list[str]] = ["-valid_from", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="warung_price_current", fields=["warung", "pack"], condition=Q(replaced_at__isnull=True)
            ),
            # The price guarantee, as the database holds it.
            models.CheckConstraint(
                name="warung_price_below_market", condition=Q(price__gt=0, price__lt=F("market_price"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pack}: {self.price}"

    @property
    def saving(self) -> int:
        """What the customer keeps, against the market."""
        return self.market_price - self.price


class WholesalePrice(models.Model):
    """What the Satker asks of warungs for a pack."""

    satker = models.ForeignKey("satker.Satker", on_delete=models.PROTECT, related_name="prices")
    pack = models.ForeignKey("catalog.Pack", on_delete=models.PROTECT, related_name="wholesale_prices")
    price = models.BigIntegerField(_("price"))
    by = models.CharField(max_length=80)
    valid_from = models.DateTimeField(_("valid from"))
    replaced_at = models.DateTimeField(_("replaced at"), null=True, blank=True)

    class Meta:
        verbose_name = _("wholesale price")
        verbose_name_plural = _("wholesale prices")
        ordering: ClassVar[list[str]] = ["-valid_from", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="wholesale_price_current", fields=["satker", "pack"], condition=Q(replaced_at__isnull=True)
            ),
            models.CheckConstraint(name="wholesale_price_positive", condition=Q(price__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.pack}: {self.price}"


class PriceRule(models.Model):
    """How this region understands "cheaper than the market". There is one."""

    # At least this much less than the market, both for a pack: rupiah, and hundredths of the market's price.
    minimum_saving = models.BigIntegerField(_("smallest saving in rupiah"), default=1)
    minimum_percent = models.PositiveSmallIntegerField(_("smallest saving in percent"), default=0)
    freshness_days = models.PositiveSmallIntegerField(_("a market price counts for this many days"), default=30)
    # How long after the hand-over a citizen may say that they saw it cheaper.
    claim_days = models.PositiveSmallIntegerField(_("days for a claim"), default=7, db_default=7)
    only = models.BooleanField(default=True, unique=True, editable=False)

    class Meta:
        verbose_name = _("price rule")
        verbose_name_plural = _("price rules")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="rule_only_one", condition=Q(only=True)),
            # Without any saving there is no guarantee.
            models.CheckConstraint(name="rule_saves", condition=Q(minimum_saving__gte=1, minimum_percent__lt=100)),
        ]

    def __str__(self) -> str:
        return f"{self.minimum_saving} / {self.minimum_percent} %"


class PriceCeiling(models.Model):
    """The highest retail price that the state allows (HET): `price` rupiah for `per_quantity` base units, day by day."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    product = models.ForeignKey("catalog.Product", on_delete=models.PROTECT, related_name="ceilings")
    per_quantity = models.BigIntegerField(_("for this quantity"))
    price = models.BigIntegerField(_("price"))
    valid_from = models.DateField(_("valid from"))
    # The last day; empty while no end is known.
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=160)
    by = models.CharField(max_length=80)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("highest retail price")
        verbose_name_plural = _("highest retail prices")
        ordering: ClassVar[list[str]] = ["product__name", "-valid_from", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="ceiling_positive", condition=Q(price__gt=0, per_quantity__gt=0)),
            models.CheckConstraint(
                name="ceiling_days_in_order", condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product}: {self.price}"

    def counts_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class RoundingStep(models.IntegerChoices):
    ONE = 1, _("no rounding")
    FIFTY = 50, "Rp\u00a050"
    HUNDRED = 100, "Rp\u00a0100"
    FIVE_HUNDRED = 500, "Rp\u00a0500"


class MarginRule(models.Model):
    """How a selling price is suggested from what the Satker asks: for a product, a category, or the whole region."""

    product = models.OneToOneField(
        "catalog.Product", null=True, blank=True, on_delete=models.CASCADE, related_name="margin_rule"
    )
    category = models.OneToOneField(
        "catalog.Category", null=True, blank=True, on_delete=models.CASCADE, related_name="margin_rule"
    )
    percent = models.PositiveSmallIntegerField(_("percent over the cost"))
    # Rupiah that a pack earns at least, however small its percentage is.
    least = models.BigIntegerField(_("least margin of a pack"), default=0)
    step = models.PositiveSmallIntegerField(_("round to"), choices=RoundingStep.choices, default=RoundingStep.HUNDRED)
    rounds_up = models.BooleanField(_("round up"), default=True)
    by = models.CharField(max_length=80)

    class Meta:
        verbose_name = _("margin rule")
        verbose_name_plural = _("margin rules")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="margin_sane",
                condition=Q(percent__lte=500, least__gte=0, step__in=RoundingStep.values),
            ),
            models.CheckConstraint(
                name="margin_one_target", condition=Q(product__isnull=True) | Q(category__isnull=True)
            ),
            # The region has one rule of its own.
            models.UniqueConstraint(name="margin_target_once", fields=["product", "category"], nulls_distinct=False),
        ]

    def __str__(self) -> str:
        return f"{self.percent} %"


class ListState(models.TextChoices):
    SCHEDULED = "scheduled", _("scheduled")
    APPLIED = "applied", _("in force")
    DROPPED = "dropped", _("dropped")


class PriceList(models.Model):
    """Prices that a warung asks from a moment on. Each is judged again when that moment has come."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    warung = models.ForeignKey("warungs.Warung", on_delete=models.PROTECT, related_name="price_lists")
    valid_from = models.DateTimeField(_("valid from"))
    state = models.CharField(_("state"), max_length=9, choices=ListState.choices, default=ListState.SCHEDULED)
    by = models.CharField(max_length=80)
    created_at = models.DateTimeField(auto_now_add=True)
    moved_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("price list")
        verbose_name_plural = _("price lists")
        ordering: ClassVar[list[str]] = ["-valid_from", "-pk"]
        indexes: ClassVar[list[models.Index]] = [
            # What is due.
            models.Index(name="list_due", fields=["valid_from"], condition=Q(state="scheduled")),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="list_state_known", condition=Q(state__in=ListState.values)),
        ]

    def __str__(self) -> str:
        return f"{self.warung}: {self.valid_from}"


class PriceListLine(models.Model):
    """One price of a list. `refusal` says why it was not published; `seen` that the owner has read it."""

    price_list = models.ForeignKey(PriceList, on_delete=models.CASCADE, related_name="lines")
    pack = models.ForeignKey("catalog.Pack", on_delete=models.CASCADE, related_name="+")
    price = models.BigIntegerField(_("price"))
    refusal = models.CharField(max_length=400, blank=True, default="")
    seen = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="list_line_once", fields=["price_list", "pack"]),
            models.CheckConstraint(name="list_line_positive", condition=Q(price__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.pack}: {self.price}"


class ClaimState(models.TextChoices):
    SUBMITTED = "submitted", _("waiting for the Satker")
    ACCEPTED = "accepted", _("accepted and paid")
    REJECTED = "rejected", _("rejected")
    WITHDRAWN = "withdrawn", _("withdrawn")


class PriceClaim(models.Model):
    """A citizen saw cheaper what they bought here. It copies what they bought; the accepted difference goes to their balance."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="price_claims")
    state = models.CharField(
        _("state"), max_length=9, choices=ClaimState.choices, default=ClaimState.SUBMITTED, editable=False
    )
    # The bought line by the name that its app gave it ("order:7KQ4MP/12").
    line = models.CharField(max_length=80)
    document = models.CharField(_("order number"), max_length=20)
    product = models.ForeignKey("catalog.Product", on_delete=models.PROTECT, related_name="claims")
    product_name = models.CharField(_("product"), max_length=160)
    pack_label = models.CharField(_("pack"), max_length=40)
    # In base units and rupiah: everything that was bought on this line, and what was paid for it.
    base_quantity = models.BigIntegerField()
    paid = models.BigIntegerField(_("paid"))
    bought_at = models.DateTimeField(_("bought"))
    market = models.CharField(_("where"), max_length=120)
    seen_on = models.DateField(_("seen on"))
    per_quantity = models.BigIntegerField(_("for this quantity"))
    price = models.BigIntegerField(_("price"))
    photo = models.FileField(_("photo"), storage=RegionStorage(), upload_to="claims")
    note = models.CharField(_("note"), max_length=240, blank=True)
    # What the difference comes to; credited when it is accepted.
    amount = models.BigIntegerField(_("difference"))
    decision = models.CharField(_("decision"), max_length=240, blank=True)
    entry = models.OneToOneField(
        "ledger.JournalEntry", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    moves: ClassVar[Moves] = Moves(
        Move("accept", (ClaimState.SUBMITTED,), ClaimState.ACCEPTED),
        Move("reject", (ClaimState.SUBMITTED,), ClaimState.REJECTED),
        Move("withdraw", (ClaimState.SUBMITTED,), ClaimState.WITHDRAWN),
    )

    class Meta:
        verbose_name = _("price claim")
        verbose_name_plural = _("price claims")
        ordering: ClassVar[list[str]] = ["-pk"]
        indexes: ClassVar[list[models.Index]] = [
            # What waits for the Satker, oldest first.
            models.Index(name="claim_waiting", fields=["state", "id"]),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="claim_state_known", condition=Q(state__in=ClaimState.values)),
            # A line is claimed once; a claim that its citizen took back makes room for a better one.
            models.UniqueConstraint(name="claim_once_per_line", fields=["line"], condition=~Q(state="withdrawn")),
            # Never more than was paid.
            models.CheckConstraint(name="claim_amount_within_paid", condition=Q(amount__gt=0, amount__lte=F("paid"))),
            models.CheckConstraint(
                name="claim_positive", condition=Q(price__gt=0, per_quantity__gt=0, base_quantity__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_name}: {self.amount}"

    def record_move(self, step: Step) -> None:
        self.events.create(
            move=step.move, before=step.before, after=step.after, by=step.by, reason=step.reason, at=clock.now()
        )


class PriceClaimEvent(models.Model):
    """One step of a claim. The database refuses to change or delete it."""

    claim = models.ForeignKey(PriceClaim, on_delete=models.PROTECT, related_name="events")
    move = models.CharField(max_length=20)
    before = models.CharField(max_length=9, blank=True)
    after = models.CharField(max_length=9, choices=ClaimState.choices)
    by = models.CharField(max_length=80)
    reason = models.CharField(max_length=240, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"
