"""Who wants an account at the bank, as the warung sees it."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from tenant_apps.accounts.access import roles_only
from tenant_apps.agent_banking.access import COUNTER, AgentRequest, at_agent
from tenant_apps.agent_banking.forms import ReferralForm
from tenant_apps.agent_banking.models import ReferralState
from tenant_apps.agent_banking.selectors.agents import referral_called, referrals
from tenant_apps.agent_banking.services import submit_referral, withdraw_referral
from tenants.forms import asked_text
from tenants.kernel.errors import DomainError

A_PAGE = 25

at_the_warung = roles_only(*COUNTER)


@sensitive_post_parameters("phone", "note")
@at_the_warung
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@at_agent
def referrals_page(request: AgentRequest) -> HttpResponse:
    """Those of this agent, and a form for the next."""
    form, status = ReferralForm(), 200
    if request.method == "POST":
        form = ReferralForm(request.POST)
        if form.is_valid():
            try:
                submit_referral(agent=request.agent, by=request.member.actor, **form.cleaned_data)
            except DomainError as refused:
                form.add_error(None, refused.message)
                status = refused.status
            else:
                messages.success(request, _("Noted. The Satker brings it to the bank."))
                return redirect("agent_banking:referrals")
        status = status if status != 200 else 400
    words, state = asked_text(request), request.GET.get("state", "")
    page = Paginator(referrals(request.agent, words, state), A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "form": form, "wanted": words, "state": state, "states": ReferralState.choices}
    return render(request, "agent_banking/referrals.html", context, status=status)


@at_the_warung
@require_POST
@at_agent
def withdraw(request: AgentRequest, number: str) -> HttpResponse:
    """The person does not want it any more."""
    try:
        withdraw_referral(referral=referral_called(number, request.agent), by=request.member.actor)
    except DomainError as refused:
        messages.error(request, str(refused.message))
    return redirect("agent_banking:referrals")
