"""Addresses from which a supplier's lists are pulled."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from shared_apps.price_lists.forms import FeedForm
from shared_apps.price_lists.places import name_of
from shared_apps.price_lists.selectors import feed_for
from shared_apps.price_lists.services.pulling import add_feed, change_feed, end_feed, feeds_of, pause_feed, pull_soon
from shared_apps.price_lists.views.lists import catalogue_only
from shared_apps.supplier_catalog.access import SupplierRequest
from tenants.kernel.errors import DomainError


@catalogue_only
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def feeds_page(request: SupplierRequest) -> HttpResponse:
    """All addresses with what came of them last, and the form for another one."""
    organisation = request.supplier.organisation
    sent = request.method == "POST"
    form = FeedForm(organisation, request.POST) if sent else FeedForm(organisation)
    if sent and form.is_valid():
        told = form.cleaned_data
        try:
            add_feed(
                organisation=organisation,
                url=told["url"].strip(),
                place=form.told_place(),
                every=told["every"],
                is_automatic=told["is_automatic"],
                by=request.supplier.actor,
            )
        except DomainError as refused:
            form.add_error("url", str(refused.message))
        else:
            messages.success(request, _("The list is pulled from there now, and then each time it is due."))
            return redirect("price_lists:feeds")
    feeds = [(feed, name_of(feed.area_id, feed.region)) for feed in feeds_of(organisation)]
    context = {"feeds": feeds, "form": form}
    return render(request, "price_lists/feeds.html", context, status=400 if form.errors else 200)


@catalogue_only
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: SupplierRequest, public_id: UUID) -> HttpResponse:
    """Another address, place or rhythm."""
    feed = feed_for(request.supplier.organisation, public_id)
    if request.method != "POST":
        return render(request, "price_lists/feed.html", {"feed": feed, "form": FeedForm.of(feed)})
    form = FeedForm(request.supplier.organisation, request.POST)
    if form.is_valid():
        told = form.cleaned_data
        try:
            change_feed(
                feed=feed,
                url=told["url"].strip(),
                place=form.told_place(),
                every=told["every"],
                is_automatic=told["is_automatic"],
            )
        except DomainError as refused:
            form.add_error("url", str(refused.message))
        else:
            return redirect("price_lists:feeds")
    return render(request, "price_lists/feed.html", {"feed": feed, "form": form}, status=400)


@catalogue_only
@require_POST
def pull_now(request: SupplierRequest, public_id: UUID) -> HttpResponse:
    """Not when it is due, but now."""
    pull_soon(feed=feed_for(request.supplier.organisation, public_id))
    messages.success(request, _("The list is being pulled. Look again in a moment."))
    return redirect("price_lists:feeds")


@catalogue_only
@require_POST
def pause(request: SupplierRequest, public_id: UUID) -> HttpResponse:
    """It rests, or goes on."""
    feed = feed_for(request.supplier.organisation, public_id)
    pause_feed(feed=feed, is_paused=not feed.is_paused)
    return redirect("price_lists:feeds")


@catalogue_only
@require_POST
def end(request: SupplierRequest, public_id: UUID) -> HttpResponse:
    """It is never pulled again."""
    end_feed(feed=feed_for(request.supplier.organisation, public_id))
    messages.success(request, _("The address is removed. Lists that came from it stay."))
    return redirect("price_lists:feeds")
