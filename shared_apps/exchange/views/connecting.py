"""How the supplier's orders come: in the portal, by mail, or into its own programme."""

from __future__ import annotations

from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from shared_apps.exchange.connectors.calling import send
from shared_apps.exchange.connectors.posting import BadAddress, NotTaken
from shared_apps.exchange.models import Connector, ConnectorKind
from shared_apps.exchange.services.connecting import renew_secret, set_connector
from shared_apps.supplier_catalog.access import SupplierRequest, supplier_only
from shared_apps.supplier_catalog.models import SupplierRole
from tenants.kernel import clock

for_admin = supplier_only(SupplierRole.ADMIN)


class ConnectorForm(forms.Form):
    kind = forms.ChoiceField(
        label=gettext_lazy("How orders come"), choices=ConnectorKind.choices, widget=forms.RadioSelect
    )
    url = forms.CharField(
        label=gettext_lazy("Address of your programme"),
        max_length=400,
        required=False,
        widget=forms.URLInput(attrs={"autocomplete": "off", "placeholder": "https://"}),
    )


@for_admin
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def connector_page(request: SupplierRequest) -> HttpResponse:
    """The choice; a secret is shown on the answer that made it, and nowhere else."""
    organisation = request.supplier.organisation
    if request.method == "POST":
        form = ConnectorForm(request.POST)
        if not form.is_valid():
            return _page(request, form, status=400)
        try:
            told = form.cleaned_data
            done = set_connector(
                organisation=organisation, kind=told["kind"], url=told["url"], by=request.supplier.actor
            )
        except BadAddress as bad:
            form.add_error("url", bad.message)
            return _page(request, form, status=bad.status)
        if done.new_secret:
            return _page(request, secret=done.new_secret)
        messages.success(request, _("That is how new orders come now."))
        return redirect("supplier_orders:connector")
    return _page(request)


@for_admin
@never_cache
@require_POST
def new_secret(request: SupplierRequest) -> HttpResponse:
    """Another secret, shown this once."""
    done = renew_secret(organisation=request.supplier.organisation, by=request.supplier.actor)
    if done is None or not done.new_secret:
        messages.info(request, _("The links that were mailed so far open nothing more."))
        return redirect("supplier_orders:connector")
    return _page(request, secret=done.new_secret)


@for_admin
@require_POST
def test_call(request: SupplierRequest) -> HttpResponse:
    """A signed message without an order, to see whether the programme takes it."""
    connector = (
        Connector.objects.filter(organisation=request.supplier.organisation, kind=ConnectorKind.HTTP)
        .select_related("organisation")
        .first()
    )
    if connector is None:
        return redirect("supplier_orders:connector")
    try:
        answer = send(
            connector,
            name="test",
            key=f"test:{uuid4()}",
            document={"version": 1, "step": {"name": "test", "at": clock.now().isoformat()}},
        )
    except (NotTaken, BadAddress) as failure:
        messages.error(request, _("Your programme did not answer: %(why)s") % {"why": failure})
    else:
        if 200 <= answer.status < 300:
            messages.success(
                request, _("Your programme took the message: it answered %(status)s.") % {"status": answer.status}
            )
        else:
            messages.error(
                request, _("Your programme refused the message: it answered %(status)s.") % {"status": answer.status}
            )
    return redirect("supplier_orders:connector")


def _page(
    request: SupplierRequest, form: ConnectorForm | None = None, *, secret: str = "", status: int = 200
) -> HttpResponse:
    organisation = request.supplier.organisation
    connector = Connector.objects.filter(organisation=organisation).first()
    if form is None:
        form = ConnectorForm(
            initial={"kind": connector.kind, "url": connector.url} if connector else {"kind": ConnectorKind.PORTAL}
        )
    context = {
        "form": form,
        "connector": connector,
        "is_programme": connector is not None and connector.kind == ConnectorKind.HTTP,
        "is_mail": connector is not None and connector.kind == ConnectorKind.EMAIL,
        "secret": secret,
        "organisation": organisation,
    }
    return render(request, "exchange/portal/connector.html", context, status=status)
