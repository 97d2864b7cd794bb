"""What building a region makes of the service, and what others may copy: kinds, fees, limits and the tolerance."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from shared_apps.onboarding.models import Service
from tenant_apps.agent_banking.selectors.rules import kind_rows, limit_rows, tolerance_at
from tenant_apps.agent_banking.services.rules import apply_rules, seed_rules
from tenants.hooks import NewRegion, blueprint_section, provision_step
from tenants.kernel import clock

BY = "system:blueprint"


@blueprint_section("agent_banking", order=60)
class AgentBankingSection:
    """`{"kinds": […], "limits": […], "tolerance": rupiah}`, as they hold now. What the region has already stays as it is."""

    def export(self) -> Any:
        now = clock.now()
        kinds = [
            {
                "code": row.kind.code,
                "name": row.kind.name,
                "does": row.kind.does,
                "fee_way": row.kind.fee_way,
                "customer_label": row.kind.customer_label,
                "note": row.kind.note,
                "is_offered": row.kind.is_offered,
                "customer_fee": row.fee.customer_fee,
                "bank_share": row.fee.bank_share,
                "commission": row.fee.commission,
            }
            for row in kind_rows(now)
            if row.fee is not None
        ]
        if not kinds:
            return {}
        limits = [
            {"kind": row.rule.kind.code if row.rule.kind else None, "scope": row.rule.scope, "amount": row.rule.amount}
            for row in limit_rows(now)
            if not row.is_later
        ]
        return {"kinds": kinds, "limits": limits, "tolerance": tolerance_at(now)}

    def apply(self, data: Any) -> None:
        if data:
            apply_rules(data, by=BY)


@provision_step("agent_banking", label=_("Writing the rules of the bank's agents"), order=45)
def agent_banking(new: NewRegion) -> None:
    if Service.AGENT_BANKING in new.services:
        seed_rules(by="system:provisioning")
