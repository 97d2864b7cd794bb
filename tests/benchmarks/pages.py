"""The small list that every side serves, and a page that touches every table of a region."""

from __future__ import annotations

from django.apps import apps
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.views.decorators.http import require_safe

from tenant_apps.catalog.models import Category, Product
from tenants.access import public_page
from tenants.registry import in_regions

ROWS = 20
QUERIES = 3
PAGE = """<!doctype html><title>Shelf</title>
<ul>{% for category in categories %}<li>{{ category.name }}</li>{% endfor %}</ul>
<table>{% for product in products %}
<tr><td>{{ product.sku }}</td><td>{{ product.name }}</td><td>{{ product.category.name }}</td>
<td>{% for pack in product.packs.all %}{{ pack.label }} {% endfor %}</td></tr>{% endfor %}
</table>"""
template = engines["django"].from_string(PAGE)


@public_page
@require_safe
def shelf(request: HttpRequest) -> HttpResponse:
    categories = Category.objects.all()
    products = Product.objects.filter(is_active=True).select_related("category").prefetch_related("packs")[:ROWS]
    return HttpResponse(template.render({"categories": categories, "products": products}, request))


@public_page
@require_safe
def everything(request: HttpRequest) -> HttpResponse:
    """Asks each table of the region for one row, as people who use all of a region do between them."""
    models = [model for model in apps.get_models() if in_regions(model._meta.app_label)]
    return HttpResponse(f"{sum(model._default_manager.exists() for model in models)} of {len(models)}")
