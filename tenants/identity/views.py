"""Signing in and out, and a new password, on either kind of site: allauth's views in our words."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import views as allauth
from allauth.core import ratelimit
from allauth.core.ratelimit import RateLimited, respond_429
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from tenants.access import public_page, signed_in
from tenants.identity.forms import ForgottenPasswordForm, SignInForm
from tenants.identity.resets import prove_number
from tenants.kernel.errors import DomainError
from tenants.read_only import open_while_read_only
from tenants.support import way_out


def braked(view: Callable[..., Any]) -> Callable[..., Any]:
    """A limit that allauth meets deep inside a flow becomes the page that says so."""

    @wraps(view)
    def work(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response: HttpResponse = view(request, *args, **kwargs)
        except RateLimited:
            response = respond_429(request)
        return response

    return never_cache(work)


def kindly(
    template: str, *refusals: type[DomainError]
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """An invitation's link that does not work gets a page that says what now, and nothing of whose it was."""

    def wrap(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def work(request: HttpRequest, token: str) -> HttpResponse:
            try:
                return view(request, token)
            except refusals as refused:
                return render(request, template, {"refused": refused.message}, status=refused.status)

        return work

    return wrap


class SignInView(allauth.LoginView):
    """Sign in and go on to where the person was heading, within this site."""

    def form_invalid(self, form: SignInForm) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)
        response.status_code = 400
        return response


class ForgottenPasswordView(allauth.PasswordResetView):
    """Ask for a code. The page that follows is the same whether or not anybody has that address."""

    def form_valid(self, form: ForgottenPasswordForm) -> HttpResponse:
        login = form.cleaned_data["login"]
        ratelimit.consume(self.request, action="reset_password", key=login, raise_exception=True)
        form.save(self.request)
        return HttpResponseRedirect(self.get_success_url())


class ResetCodeView(allauth.ConfirmPasswordResetCodeView):
    """Type the code of the mail or the short text."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {**context, "address": self._process.state.get("phone") or self._process.state["email"]}

    def form_valid(self, form: Any) -> HttpResponse:
        prove_number(self._process)
        response: HttpResponse = super().form_valid(form)
        return response


# A region that can only be read keeps nobody out.
sign_in = public_page(open_while_read_only(braked(SignInView.as_view())))
sign_out = public_page(way_out(open_while_read_only(braked(allauth.LogoutView.as_view(http_method_names=["post"])))))
forgotten_password = public_page(open_while_read_only(braked(ForgottenPasswordView.as_view())))
reset_code = public_page(open_while_read_only(braked(ResetCodeView.as_view())))
new_password = public_page(open_while_read_only(braked(allauth.CompletePasswordResetView.as_view())))
change_password = signed_in(open_while_read_only(braked(allauth.PasswordChangeView.as_view())))
