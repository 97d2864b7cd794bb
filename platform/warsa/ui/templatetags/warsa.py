"""The shared filters and tags: money, weights, times, icons and charts look the same on every page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from zlib import crc32

from django import forms, template
from django.forms import BoundField
from django.http import QueryDict
from django.template import Context
from django.utils import formats, timezone
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from lucide.templatetags.lucide import lucide

from tenants.kernel.money import rupiah_text
from tenants.kernel.units import quantity_text

register = template.Library()

ZONES = {"Asia/Jakarta": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}


@register.filter
def rupiah(amount: int | None) -> str:
    """12500 -> "Rp 12.500"; nothing for None."""
    return "" if amount is None else rupiah_text(amount)


@register.filter
def of(names: Mapping[str, str], key: str) -> str:
    """What belongs to a key; nothing when there is none."""
    return names.get(key, "")


@register.filter
def quantity(amount: int | None, unit: str) -> str:
    """1500|quantity:"g" -> "1,5 kg"; nothing for None."""
    return "" if amount is None else quantity_text(amount, unit)


@register.filter
def local_time(moment: datetime | None) -> str:
    """24 Nov 2026 14.05 WIB, in the zone of the region whose page it is."""
    if moment is None:
        return ""
    zone = timezone.get_current_timezone_name()
    here = timezone.localtime(moment)
    return f"{here.day} {formats.date_format(here, 'M')} {here:%Y %H.%M} {ZONES.get(zone, zone)}"


@register.filter
def masked_phone(number: str | None) -> str:
    """08123456789 -> "0812••••789": enough to know one's own number, too little to call another's."""
    shown = "".join(sign for sign in number or "" if sign.isdigit() or sign == "+")
    return f"{shown[:4]}••••{shown[-3:]}" if len(shown) >= 9 else "••••"


@register.filter
def initials(name: str | None) -> str:
    """Ratna Dewi Sari -> "RD"."""
    return "".join(word[0] for word in (name or "").split()[:2]).upper() or "?"


@register.filter
def tint(text: object) -> str:
    """The same one of six quiet colours for the same text, as a class."""
    return f"tint-{crc32(str(text).encode()) % 6 + 1}"


@lru_cache(maxsize=256)
def _icon(name: str, size: int) -> SafeString:
    drawn = lucide(name, size=size, **{"class": "icon", "aria_hidden": "true", "focusable": "false"})
    return SafeString(drawn)


@register.simple_tag
def icon(name: str, size: int = 24) -> SafeString:
    """A lucide icon as decoration; the words stand beside it."""
    return _icon(str(name), size)


@register.simple_tag
def money(amount: int | None, was: int | None = None, css: str = "") -> SafeString:
    """What `<c-money>` shows, without a component's cost: for lists with many amounts."""
    shown = format_html('<span class="money {}">{}</span>', css, rupiah(amount))
    if not was:
        return shown
    return format_html(
        '<s class="money was"><span class="visually-hidden">{} </span>{}</s> {}', _("Market price"), rupiah(was), shown
    )


@register.simple_tag
def stepper(
    name: str = "quantity",
    value: object = 1,
    min: object = 0,
    max: object = "",
    step: object = 1,
    label: str = "",
    unit: str = "",
    attrs: Any = None,
) -> SafeString:
    """What `<c-stepper>` shows, without a component's cost: for lists with many of them."""
    return format_html(
        '<span class="stepper" data-stepper><button type="button" data-step="down" aria-label="{less}">{minus}</button>'
        '<input type="number" inputmode="numeric" name="{name}" value="{value}" min="{min}"{most} step="{step}"'
        ' aria-label="{label}"{more_attributes}>{unit}'
        '<button type="button" data-step="up" aria-label="{more}">{plus}</button></span>',
        less=_("One less"),
        minus=_icon("minus", 24),
        name=name,
        value=str(value),
        min=str(min),
        most=format_html(' max="{}"', str(max)) if max else "",
        step=str(step),
        label=label or _("Quantity"),
        more_attributes=attributes(attrs) if attrs else "",
        unit=format_html("<span>{}</span>", unit) if unit else "",
        more=_("One more"),
        plus=_icon("plus", 24),
    )


# What a product's category and name say -> the icon of its tile while it has no photo. The first that fits is taken.
CATEGORY_ICONS: tuple[tuple[str, str], ...] = (
    ("ikan udang cumi sarden pempek", "fish"),
    ("daging ayam bebek sapi", "drumstick"),
    ("telur", "egg"),
    ("susu", "milk"),
    ("buah pisang jeruk pepaya", "apple"),
    ("sayur bayam kangkung", "leaf"),
    ("cabai cabe bumbu saus sambal kecap", "flame"),
    ("beras tepung ketan", "wheat"),
    ("gula garam", "candy"),
    ("minyak margarin", "droplets"),
    ("mi makanan bihun", "soup"),
    ("kacang kedelai tahu tempe nabati", "nut"),
    ("kopi teh minuman air", "coffee"),
    ("sabun deterjen rumah sampo", "spray-can"),
    ("kue roti manisan jajanan", "cookie"),
    ("sampah plastik kertas", "recycle"),
)


@register.filter
@lru_cache(maxsize=4096)
def category_icon(name: object) -> str:
    """The icon of a category or product, by its Indonesian words; a box where none fits."""
    words = set(str(name).lower().replace(":", " ").replace("&", " ").split())
    return next((found for known, found in CATEGORY_ICONS if words & set(known.split())), "package")


@register.simple_tag
def attributes(attrs: Any) -> SafeString:
    """The attributes that a component hands on to its element, escaped.

    Cotton's own output passes a value that is already in quotes through as it is, so a person's text could add attributes.
    """
    given: Mapping[str, Any] = attrs.attrs_dict() if hasattr(attrs, "attrs_dict") else attrs
    parts = []
    for name, value in given.items():
        if value is True:
            parts.append(f" {name}")
        elif value is not False and value is not None:
            parts.append(f' {name}="{conditional_escape(value).replace(chr(34), "&quot;")}"')
    return mark_safe("".join(parts))  # noqa: S308


_KINDS: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxSelectMultiple, "checks"),
    (forms.RadioSelect, "radios"),
    (forms.CheckboxInput, "checkbox"),
    (forms.Select, "select"),
    (forms.Textarea, "textarea"),
    (forms.FileInput, "file"),
)


@register.filter
def field_kind(field: BoundField) -> str:
    """How a form's field is laid out: checks, radios, checkbox, select, textarea, file or input."""
    return next((kind for cls, kind in _KINDS if isinstance(field.field.widget, cls)), "input")


@register.simple_tag
def widget(field: BoundField, attrs: Any = None) -> SafeString:
    """A form field's control with further attributes (inputmode, placeholder, hx-…)."""
    given = attrs.attrs_dict() if hasattr(attrs, "attrs_dict") else (attrs or {})
    return field.as_widget(attrs={name: value for name, value in given.items() if value not in (False, None)})


@register.simple_tag(takes_context=True)
def page_link(context: Context, name: str, number: int) -> str:
    """This page's address with another number of `name`; filters stay."""
    request = context.get("request")
    query = request.GET.copy() if request else QueryDict(mutable=True)
    query[name] = str(number)
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def way_back(context: Context) -> str:
    """The page of this site that the person came from, or the first page.

    After a refused POST its own address may be one that cannot be opened.
    """
    request = context.get("request")
    before = request.META.get("HTTP_REFERER", "") if request else ""
    host = {request.META.get("HTTP_HOST", "")} if request else set()
    return before if before and url_has_allowed_host_and_scheme(before, host) else "/"


@register.simple_tag
def sparkline(values: Sequence[int], label: str) -> SafeString:
    """A small line of how a number went; `label` says in words what it shows."""
    if len(values) < 2:
        return SafeString("")
    low, high = min(values), max(values)
    span = (high - low) or 1
    step = 116 / (len(values) - 1)
    points = [(2 + index * step, 30 - (value - low) * 28 / span) for index, value in enumerate(values)]
    return format_html(
        '<svg class="sparkline" viewBox="0 0 120 32" role="img" aria-label="{}">'
        '<polyline points="{}"/><circle cx="{}" cy="{}" r="2.5"/></svg>',
        label,
        " ".join(f"{x:.1f},{y:.1f}" for x, y in points),
        f"{points[-1][0]:.1f}",
        f"{points[-1][1]:.1f}",
    )


@register.simple_tag
def bar_chart(rows: Sequence[tuple[str, int, str]], caption: str) -> SafeString:
    """Bars of `(name, value, shown text)`: a table to those who cannot see it."""
    top = max((value for _name, value, _text in rows), default=0) or 1
    body = format_html_join(
        "",
        '<tr><th scope="row">{}</th><td><svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        '<rect width="{}" height="10"/></svg><span class="money">{}</span></td></tr>',
        ((name, f"{max(value, 0) * 100 / top:.1f}", text) for name, value, text in rows),
    )
    if not rows:
        return format_html('<p class="soft">{}</p>', _("Nothing to show yet."))
    return format_html('<table class="bars"><caption>{}</caption><tbody>{}</tbody></table>', caption, body)
