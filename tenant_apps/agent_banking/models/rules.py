"""What may be recorded, for which fee, up to how much: rows that are never changed. The newest that holds counts."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tenants.kernel import clock


class Does(models.TextChoices):
    CASH_IN = "cash_in", _("cash in")
    CASH_OUT = "cash_out", _("cash out")
    BILL = "bill", _("bill")
    TOP_UP = "top_up", _("top-up")
    REFERRAL = "referral", _("referral")


class FeeWay(models.TextChoices):
    ON_TOP = "on_top", _("in cash, on top")
    WITHHELD = "withheld", _("kept from the cash handed out")
    ACCOUNT = "account", _("from the customer's account, by the bank")


class TransactionKind(models.Model):
    """Something that an agent does for a customer. What it does to money never changes; its name and whether it is offered may."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    does = models.CharField(_("what it is"), max_length=8, choices=Does.choices)
    fee_way = models.CharField(_("how the fee is paid"), max_length=8, choices=FeeWay.choices, default=FeeWay.ON_TOP)
    # What the customer is named by: an account, a meter, a telephone.
    customer_label = models.CharField(_("number asked for"), max_length=60, blank=True)
    note = models.CharField(_("note"), max_length=160, blank=True)
    is_offered = models.BooleanField(_("offered"), default=True)
    order = models.PositiveSmallIntegerField(_("place in the list"), default=50)

    class Meta:
        verbose_name = _("kind of transaction")
        verbose_name_plural = _("kinds of transactions")
        ordering: ClassVar[list[str]] = ["order", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="kind_does_known", condition=Q(does__in=Does.values)),
            models.CheckConstraint(name="kind_fee_way_known", condition=Q(fee_way__in=FeeWay.values)),
            # Nothing is handed out from which a fee could be kept.
            models.CheckConstraint(name="kind_fee_way_fits", condition=Q(fee_way="on_top") | Q(does="cash_out")),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def cash_sign(self) -> int:
        """1 where the drawer grows by the amount, -1 where it shrinks, 0 where no money moves."""
        if self.does == Does.REFERRAL:
            return 0
        return -1 if self.does == Does.CASH_OUT else 1


class DatedRule(models.Model):
    """From `valid_from` on, until a newer row holds. The database refuses to change or delete it."""

    valid_from = models.DateTimeField(_("valid from"))
    by = models.CharField(max_length=80)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        abstract = True


class FeeRule(DatedRule):
    """What a kind costs the customer; what of it is the bank's; what the bank pays the agent besides. Rupiah a transaction."""

    kind = models.ForeignKey(TransactionKind, on_delete=models.PROTECT, related_name="fees", db_index=False)
    customer_fee = models.BigIntegerField(_("customer fee"))
    bank_share = models.BigIntegerField(_("the bank's share of it"), default=0)
    commission = models.BigIntegerField(_("commission from the bank"), default=0)

    class Meta:
        ordering: ClassVar[list[str]] = ["kind", "-valid_from", "-pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="fee_in_force", fields=["kind", "-valid_from", "-id"]),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="fee_shares_real",
                condition=Q(
                    customer_fee__gte=0, bank_share__gte=0, bank_share__lte=F("customer_fee"), commission__gte=0
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.customer_fee}"


class LimitScope(models.TextChoices):
    TRANSACTION = "transaction", _("one transaction")
    CUSTOMER_DAY = "customer_day", _("a customer, a day")
    CUSTOMER_MONTH = "customer_month", _("a customer, a month")
    AGENT_DAY = "agent_day", _("an agent, a day")
    AGENT_MONTH = "agent_month", _("an agent, a month")


class LimitRule(DatedRule):
    """At most so many rupiah, without fees. Without a kind, of all kinds together; without an amount, no limit any more."""

    kind = models.ForeignKey(
        TransactionKind, null=True, blank=True, on_delete=models.PROTECT, related_name="limits", db_index=False
    )
    scope = models.CharField(_("for"), max_length=14, choices=LimitScope.choices)
    amount = models.BigIntegerField(_("at most"), null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["kind", "scope", "-valid_from", "-pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="limit_in_force", fields=["kind", "scope", "-valid_from", "-id"]),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="limit_scope_known", condition=Q(scope__in=LimitScope.values)),
            models.CheckConstraint(name="limit_real", condition=Q(amount__isnull=True) | Q(amount__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.scope}: {self.amount}"


class ToleranceRule(DatedRule):
    """Up to this difference of drawer or float the owner's own reason is enough."""

    amount = models.BigIntegerField(_("up to"))

    class Meta:
        ordering: ClassVar[list[str]] = ["-valid_from", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="tolerance_real", condition=Q(amount__gte=0)),
        ]

    def __str__(self) -> str:
        return str(self.amount)
