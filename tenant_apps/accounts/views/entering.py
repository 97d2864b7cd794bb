"""Opening an account in a region, and proving an address."""

from __future__ import annotations

from typing import Any

from allauth.account import views as allauth
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from tenants.access import public_page
from tenants.identity.views import braked
from tenants.read_only import open_while_read_only


class _ProveNewPhone(allauth._VerifyPhoneChangeView):
    """The code for a number that a signed-in person changes to."""

    def respond_process_succeeded(self, form: Any) -> HttpResponse:
        return HttpResponseRedirect(reverse("account_home"))

    def respond_process_failed(self, form: Any) -> HttpResponse:
        messages.error(self.request, allauth.get_adapter().error_messages["too_many_login_attempts"])
        return HttpResponseRedirect(reverse("account_change_phone"))


def _prove_phone(request: HttpRequest) -> HttpResponse:
    view = _ProveNewPhone if request.user.is_authenticated else allauth._VerifyPhoneSignupView
    response: HttpResponse = view.as_view()(request)
    return response


sign_up = public_page(braked(allauth.SignupView.as_view()))
# Part of signing in, for who has proven nothing yet.
prove_phone = public_page(open_while_read_only(braked(_prove_phone)))
prove_email = public_page(open_while_read_only(braked(allauth.ConfirmEmailVerificationCodeView.as_view())))
