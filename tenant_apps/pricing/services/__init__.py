"""Every change of prices, by story."""

from tenant_apps.pricing.arithmetic import highest_price, market_price_for
from tenant_apps.pricing.services.claiming import (
    accept_claim,
    claimable_lines,
    reject_claim,
    submit_claim,
    withdraw_claim,
)
from tenant_apps.pricing.services.observing import MOST, observe_market, save_market, withdraw_observation
from tenant_apps.pricing.services.publishing import (
    Published,
    Wish,
    publish_price,
    publish_prices,
    set_price_rule,
    set_wholesale_price,
    withdraw_price,
    withdraw_wholesale_price,
)
from tenant_apps.pricing.services.ruling import drop_margin, end_ceiling, set_ceiling, set_margin
from tenant_apps.pricing.services.scheduling import (
    apply_due_lists,
    dismiss_refusals,
    drop_price_list,
    schedule_prices,
)

__all__ = [
    "MOST",
    "Published",
    "Wish",
    "accept_claim",
    "apply_due_lists",
    "claimable_lines",
    "dismiss_refusals",
    "drop_margin",
    "drop_price_list",
    "end_ceiling",
    "highest_price",
    "market_price_for",
    "observe_market",
    "publish_price",
    "publish_prices",
    "reject_claim",
    "save_market",
    "schedule_prices",
    "set_ceiling",
    "set_margin",
    "set_price_rule",
    "set_wholesale_price",
    "submit_claim",
    "withdraw_claim",
    "withdraw_observation",
    "withdraw_price",
    "withdraw_wholesale_price",
]
