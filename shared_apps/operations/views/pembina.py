"""The supervisors' own pages. They read; every area that an address names is asked for at `supervised_area`."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from shared_apps.operations.area_forms import JoiningForm
from shared_apps.operations.areas import area_page
from shared_apps.operations.errors import InvitationEnded, InvitationUnknown
from shared_apps.operations.supervising import accept_as_new, accept_invitation, find_invitation, must_be_open
from shared_apps.operations.supervision import codes_of, holds, supervised_area, supervisors_only
from shared_apps.operations.supervisors import SupervisorGrant, SupervisorInvitation
from shared_apps.operations.views.areas import context_of, file_of
from shared_apps.regions.selectors import area as area_of
from shared_apps.regions.selectors import hits_of, path_of
from tenants.access import public_page
from tenants.identity.addresses import owner_of_email
from tenants.identity.errors import AddressTaken
from tenants.identity.models import User
from tenants.identity.views import braked, kindly
from tenants.kernel.tokens import token_hash


@supervisors_only
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The one area of the supervisor, or a list of them."""
    codes = codes_of(request)
    if len(codes) == 1:
        return redirect("pembina:area", code=codes[0])
    return render(request, "operations/pembina/home.html", {"hits": hits_of(codes)})


@supervisors_only
@require_safe
def area(request: HttpRequest, code: str) -> HttpResponse:
    """An area of theirs, or one inside: figures against targets, map, days, regions."""
    page = area_page(supervised_area(request, code))
    context = context_of(request, page)
    context |= {
        "area_link": "pembina:area",
        # Nothing above their own area is theirs to open.
        "around": [one for one in page.around if holds(codes_of(request), one.code)],
        "several": len(codes_of(request)) > 1,
    }
    return render(request, "operations/area.html", context)


@supervisors_only
@require_safe
def area_csv(request: HttpRequest, code: str) -> FileResponse:
    """The table of that page for a spreadsheet."""
    return file_of(area_page(supervised_area(request, code)))


_kindly = kindly("operations/pembina/no_invitation.html", InvitationUnknown, InvitationEnded)


@public_page
@_kindly
@never_cache
@require_safe
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """To which area, and the way in: one tap for who is signed in, a name and a password for who is new."""
    found = find_invitation(token)
    mine = isinstance(request.user, User) and SupervisorGrant.objects.filter(
        user=request.user, area_code=found.area_code
    )
    if mine and found.accepted_at:
        return redirect("pembina:home")
    must_be_open(found)
    return _page(request, found, token)


@public_page
@_kindly
@require_POST
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """The tap of a person who is signed in."""
    if not isinstance(request.user, User):
        return redirect_to_login(f"/pembina/undangan/{token}/")
    accept_invitation(token=token, user=request.user)
    return _welcome(request)


@public_page
@_kindly
@braked
@sensitive_post_parameters()
@require_POST
def join(request: HttpRequest, token: str) -> HttpResponse:
    """A new person takes the invitation and is signed in at once."""
    if request.user.is_authenticated:
        return redirect("pembina:invitation", token=token)
    ratelimit.consume(request, action="invitation", key=token_hash(token), raise_exception=True)
    found = find_invitation(token)
    must_be_open(found)
    form = JoiningForm(request.POST)
    if not form.is_valid():
        return _page(request, found, token, form)
    try:
        user = accept_as_new(
            token=token,
            name=form.cleaned_data["name"],
            password=form.cleaned_data["password"],
            language=get_language() or "id",
        )
    except AddressTaken as refused:
        form.add_error(None, refused.message)
        return _page(request, found, token, form)
    get_adapter().login(request, user)
    return _welcome(request)


def _page(
    request: HttpRequest, found: SupervisorInvitation, token: str, form: JoiningForm | None = None
) -> HttpResponse:
    context = {
        "invitation": found,
        "place": path_of(area_of(found.area_code)),
        "token": token,
        # Whoever holds the link has shown that the address is theirs.
        "known": owner_of_email(found.email) is not None,
        "form": form or JoiningForm(initial={"name": found.name}),
    }
    return render(request, "operations/pembina/invitation.html", context, status=400 if form else 200)


def _welcome(request: HttpRequest) -> HttpResponse:
    messages.success(request, _("Welcome. You see the markets of your area from now on."))
    return redirect("pembina:home")
