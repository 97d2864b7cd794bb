"""A person's keys for programs: made, shown once, revoked."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from tenant_apps.accounts.access import RegionRequest
from tenant_apps.api.forms import TokenForm
from tenant_apps.api.scopes import Scope
from tenant_apps.api.tokens import Made, make_token, revoke_token, token_for, tokens_of
from tenants.access import signed_in
from tenants.kernel.errors import DomainError


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: RegionRequest) -> HttpResponse:
    """The keys that there are, and a new one, which is shown this once."""
    form = TokenForm(request.member, request.POST if request.method == "POST" else None)
    made: Made | None = None
    if form.is_valid():
        told = form.cleaned_data
        scopes = [Scope(one) for one in told["scopes"]]
        try:
            made = make_token(member=request.member, name=told["name"], scopes=scopes, days=int(told["days"]))
            form = TokenForm(request.member)
        except DomainError as refused:
            form.add_error(None, refused.message)
    rows = [
        (token, [Scope(one).label for one in token.scopes if one in Scope.values])
        for token in tokens_of(request.member.user)[:50]
    ]
    context = {"form": form, "made": made, "rows": rows}
    return render(request, "api/access.html", context, status=400 if form.errors else 200)


@signed_in
@require_POST
def revoke(request: RegionRequest, public_id: UUID) -> HttpResponse:
    """The key opens nothing any more."""
    revoke_token(token=token_for(request.member.user, public_id))
    messages.success(request, _("The key is revoked. Programs that used it are shut out."))
    return redirect("api_access:keys")
