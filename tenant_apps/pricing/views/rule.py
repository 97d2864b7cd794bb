"""The region's price rule, for its admins."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tenant_apps.accounts.access import RegionRequest, Role, roles_only
from tenant_apps.pricing.boards import broken_guarantees
from tenant_apps.pricing.forms import RuleForm
from tenant_apps.pricing.selectors import price_rule
from tenant_apps.pricing.services import set_price_rule
from tenants.kernel.errors import DomainError


@roles_only(Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def rule(request: RegionRequest) -> HttpResponse:
    """How the region understands "cheaper than the market"."""
    present = price_rule()
    initial = {
        name: getattr(present, name) for name in ("minimum_saving", "minimum_percent", "freshness_days", "claim_days")
    }
    form = RuleForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        try:
            set_price_rule(**form.cleaned_data)
        except DomainError as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, _("The price rule is saved. It counts for every price from now on."))
            return redirect("pricing:rule")
    return render(request, "pricing/rule.html", {"form": form, "broken": broken_guarantees().count()})
