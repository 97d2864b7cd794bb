"""Articles of the supplier: the list, one of them, its versions, its photo."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shared_apps.supplier_catalog.access import SupplierRequest, supplier_only
from shared_apps.supplier_catalog.article_forms import ArticleForm, pack_lines, packs_of
from shared_apps.supplier_catalog.catalogue import (
    SOLD,
    STOPPED,
    UNOFFERED,
    articles_of,
    history_rows,
    past_offers,
    rows_of,
    running_offers,
    versions_of,
)
from shared_apps.supplier_catalog.models import Article, SupplierRole
from shared_apps.supplier_catalog.photos import open_photo, photo_version, remove_photo, set_photo
from shared_apps.supplier_catalog.services.drafts import PackDraft
from shared_apps.supplier_catalog.services.editing import rewrite_article, sell_again, stop_selling, write_article
from tenants.access import public_page
from tenants.forms import asked_text
from tenants.kernel.errors import DomainError
from tenants.kernel.paging import CountedPaginator
from tenants.pictures import FORMATS, BadPhoto

TABS = [
    (SOLD, gettext_lazy("being sold")),
    (UNOFFERED, gettext_lazy("without an offer")),
    (STOPPED, gettext_lazy("no longer sold")),
]
PER_PAGE = 25

catalogue_only = supplier_only(SupplierRole.CATALOGUE)


def article_for(request: SupplierRequest, public_id: UUID) -> Article:
    """The article, if it is the supplier's own; another's and none at all answer alike."""
    rows = Article.objects.select_related("current", "organisation")
    return get_object_or_404(rows, organisation=request.supplier.organisation, public_id=public_id)


@supplier_only()
@require_safe
def articles(request: SupplierRequest) -> HttpResponse:
    """Searched by SKU, name, brand or barcode."""
    text, only = asked_text(request), request.GET.get("tampil", SOLD)
    only = only if only in dict(TABS) else SOLD
    rows = articles_of(request.supplier.organisation, text=text, only=only)
    page = CountedPaginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "q": text, "only": only, "tabs": TABS, "writes": _writes(request)}
    return render(request, "supplier_catalog/portal/articles.html", context)


@supplier_only()
@require_safe
def article(request: SupplierRequest, public_id: UUID) -> HttpResponse:
    """One article with its packs and offers."""
    one = article_for(request, public_id)
    past = request.GET.get("tampil") == "lama"
    offers = past_offers(one) if past else running_offers(one)
    page = Paginator(offers, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "article": one,
        "version": one.current,
        "packs": one.current.packs.all() if one.current else [],
        "photo": photo_version(one),
        "formats": ",".join(f"image/{kind.lower()}" for kind in FORMATS),
        "page": page,
        "rows": rows_of(page.object_list),  # type: ignore[arg-type]
        "past": past,
        "writes": _writes(request),
    }
    return render(request, "supplier_catalog/portal/article.html", context)


@catalogue_only
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SupplierRequest) -> HttpResponse:
    return _form_page(request, None)


@catalogue_only
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SupplierRequest, public_id: UUID) -> HttpResponse:
    return _form_page(request, article_for(request, public_id))


def _form_page(request: SupplierRequest, one: Article | None) -> HttpResponse:
    data, status = request.POST if request.method == "POST" else None, 200
    form, lines = ArticleForm(data, article=one), pack_lines(one.current if one else None, data)
    if data is not None:
        status = 400
        if form.is_valid() and lines.is_valid():
            packs = packs_of(lines, form.cleaned_data["base_unit"])
            if not any(line.errors for line in lines.forms):
                try:
                    return _kept(request, one, form, packs)
                except DomainError as refusal:
                    field = refusal.context.get("field")
                    form.add_error(field if field in form.fields else None, str(refusal.message))
                    status = refusal.status
    context = {"form": form, "lines": lines, "article": one}
    return render(request, "supplier_catalog/portal/article_form.html", context, status=status)


def _kept(request: SupplierRequest, one: Article | None, form: ArticleForm, packs: list[PackDraft]) -> HttpResponse:
    draft = form.draft(packs)
    if one is None:
        made = write_article(organisation=request.supplier.organisation, draft=draft, by=request.supplier.actor)
        messages.success(request, _("The article is kept. Now say for how much and where you offer it."))
        return redirect("supplier_portal:article", made.public_id)
    seen = form.cleaned_data["seen"] or 0
    if rewrite_article(article=one, draft=draft, seen=seen, by=request.supplier.actor):
        messages.success(
            request, _("The article is kept as a new version. Orders that were made keep the earlier one.")
        )
    else:
        messages.info(request, _("Nothing is different, so there is no new version."))
    return redirect("supplier_portal:article", one.public_id)


@supplier_only()
@require_safe
def versions(request: SupplierRequest, public_id: UUID) -> HttpResponse:
    """Every version with what it changed, newest first."""
    one = article_for(request, public_id)
    page = Paginator(versions_of(one), PER_PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    before = versions_of(one).filter(number__lt=shown[-1].number).first() if shown else None
    context = {"article": one, "page": page, "rows": history_rows(shown, before)}
    return render(request, "supplier_catalog/portal/versions.html", context)


@catalogue_only
@require_POST
def trade(request: SupplierRequest, public_id: UUID) -> HttpResponse:
    """Stop selling it, or sell it again."""
    one = article_for(request, public_id)
    if request.POST.get("sold") == "1":
        sell_again(article=one)
        messages.success(request, _("You may offer it again."))
    else:
        stop_selling(article=one)
        messages.success(request, _("It is no longer sold, and its offers have ended."))
    return redirect("supplier_portal:article", public_id)


@catalogue_only
@require_POST
def change_photo(request: SupplierRequest, public_id: UUID) -> HttpResponse:
    one = article_for(request, public_id)
    upload = request.FILES.get("photo")
    try:
        if request.POST.get("remove"):
            remove_photo(article=one)
            messages.success(request, _("The picture is gone."))
        elif upload is None:
            raise BadPhoto(_("Choose a picture first."))
        else:
            set_photo(article=one, upload=upload)
            messages.success(request, _("The picture is shown."))
    except BadPhoto as refused:
        messages.error(request, str(refused.message))
    return redirect("supplier_portal:article", public_id)


@public_page
@require_safe
def photo(request: HttpRequest, public_id: UUID, size: int, version: str) -> FileResponse:
    """One size of an article's picture. Its address names the picture, so whoever has it need not ask again."""
    one = get_object_or_404(Article, public_id=public_id)
    found = open_photo(one, size) if version and version == photo_version(one) else None
    if found is None:
        raise Http404("no such picture")
    response = FileResponse(found, content_type="image/webp")
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["Content-Security-Policy"] = "default-src 'none'"
    return response


def _writes(request: SupplierRequest) -> bool:
    return request.supplier.may(SupplierRole.CATALOGUE)
