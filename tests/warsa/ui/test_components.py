"""Each component shows what it is given, and nothing that a person typed becomes part of the page."""

from __future__ import annotations

from pathlib import Path

import pytest
from django import forms
from django.core.paginator import Paginator

import warsa.ui
from tests.warsa.ui.seeing import Seen, rendered

FOLDER = Path(str(warsa.ui.__file__)).parent / "templates" / "cotton"
HOSTILE = """"><script>alert(1)</script>' onclick='x {{ secret }} {% now "Y" %} &amp;"""

# Each component with the hostile text wherever a page hands text on: as a text, as a variable, as a further attribute.
SAMPLES = {
    "actionbar": '<c-actionbar :amount="52500" :label="x" note="{{ x }}">{{ x }}</c-actionbar>',
    "alert": '<c-alert kind="{{ x }}" data-x="{{ x }}">{{ x }}</c-alert>',
    "avatar": '<c-avatar :name="x" />',
    "button": '<c-button kind="{{ x }}" class="{{ x }}" name="a" value="{{ x }}">{{ x }}</c-button>'
    '<c-button href="{{ x }}" :title="x">{{ x }}</c-button>',
    "card": '<c-card title="{{ x }}" :data-x="x"><c-slot name="actions">{{ x }}</c-slot>{{ x }}</c-card>',
    "confirm": '<c-confirm :label="x" action="{{ x }}" button="{{ x }}" open="{{ x }}">{{ x }}</c-confirm>',
    "crumb": '<c-crumb href="{{ x }}">{{ x }}</c-crumb><c-crumb>{{ x }}</c-crumb>',
    "crumbs": "<c-crumbs>{{ x }}</c-crumbs>",
    "empty": '<c-empty title="{{ x }}"><c-slot name="action">{{ x }}</c-slot>{{ x }}</c-empty>',
    "field": '{% for field in form %}<c-field :field="field" :hint="x" prefix="{{ x }}" placeholder="{{ x }}" />{% endfor %}',
    "form_errors": '<c-form-errors :form="form" />',
    "item": '<c-item title="{{ x }}" :note="x" href="{{ x }}" :data-x="x"><c-slot name="end">{{ x }}</c-slot></c-item>',
    "money": '<c-money :amount="1" :was="2" class="{{ x }}" />',
    "page_head": '<c-page-head :title="x" lead="{{ x }}">{{ x }}</c-page-head>',
    "pager": '<c-pager :page="page" :name="x" />',
    "pill": '<c-pill kind="{{ x }}" :data-x="x">{{ x }}</c-pill>',
    "search": '<c-search action="{{ x }}" name="{{ x }}" :value="x" :label="x" placeholder="{{ x }}" :data-x="x" />',
    "stat": '<c-stat label="{{ x }}" :value="x" note="{{ x }}" href="{{ x }}">{{ x }}</c-stat>',
    "step": '<c-step href="{{ x }}" state="{{ x }}">{{ x }}</c-step>',
    "stepper": '<c-stepper name="{{ x }}" :value="x" min="{{ x }}" :max="x" label="{{ x }}" unit="{{ x }}" :data-x="x" />',
    "steps": '<c-steps label="{{ x }}">{{ x }}</c-steps>',
    "tab": '<c-tab href="{{ x }}" count="{{ x }}" :data-x="x">{{ x }}</c-tab>',
    "table": '<c-table caption="{{ x }}"><c-slot name="head"><th>{{ x }}</th></c-slot><tr><td>{{ x }}</td></tr></c-table>',
    "tabs": '<c-tabs label="{{ x }}" :data-x="x">{{ x }}</c-tabs>',
    "tile": '<c-tile :name="x" :href="x" :category="x" unit="{{ x }}" :price="1" :note="x" badge="{{ x }}">{{ x }}</c-tile>'
    '<c-tile name="{{ x }}" image="{{ x }}" />',
    "timeline": '<c-timeline label="{{ x }}" :data-x="x">{{ x }}</c-timeline>',
    "timeline_step": '<c-timeline-step title="{{ x }}" state="{{ x }}" time="{{ x }}">{{ x }}</c-timeline-step>',
}
# Two letters of a name, or a class alone, hold no hostile text that one could read.
SHOWS_NO_TEXT = {"avatar"}


class HostileForm(forms.Form):
    """Every kind of field, with hostile words wherever a form has words."""

    text = forms.CharField(label=HOSTILE, help_text=HOSTILE)
    long = forms.CharField(label=HOSTILE, widget=forms.Textarea)
    one = forms.ChoiceField(label=HOSTILE, choices=[("a", HOSTILE)])
    radio = forms.ChoiceField(label=HOSTILE, choices=[("a", HOSTILE)], widget=forms.RadioSelect)
    many = forms.MultipleChoiceField(label=HOSTILE, choices=[("a", HOSTILE)], widget=forms.CheckboxSelectMultiple)
    agree = forms.BooleanField(label=HOSTILE)
    file = forms.FileField(label=HOSTILE)
    hidden = forms.CharField(widget=forms.HiddenInput)


def hostile_form() -> HostileForm:
    form = HostileForm({"text": HOSTILE, "long": HOSTILE, "one": HOSTILE, "radio": HOSTILE, "hidden": HOSTILE})
    form.add_error("text", HOSTILE)
    form.add_error(None, HOSTILE)
    return form


def test_every_component_has_a_sample() -> None:
    assert {path.stem for path in FOLDER.glob("*.html")} == set(SAMPLES)


@pytest.mark.parametrize("name", SAMPLES)
def test_hostile_text_stays_text(name: str) -> None:
    page = Paginator(range(30), 10).page(2)
    seen = Seen(rendered(SAMPLES[name], x=HOSTILE, form=hostile_form(), page=page, secret="SECRET"))
    assert "script" not in seen.tags
    assert [attribute for attribute, _value in seen.attributes if attribute.startswith("on")] == []
    assert "SECRET" not in seen.html
    if name not in SHOWS_NO_TEXT:
        given = "".join([*seen.words, *(value or "" for _name, value in seen.attributes)])
        # In an address the text is percent-encoded, everywhere else it stands as it was typed.
        assert HOSTILE in given or "%22%3E%3Cscript%3E" in given


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ('<c-money :amount="14500" />', "Rp 14.500"),
        ('<c-money :amount="14500" :was="15000" />', "Harga pasar Rp 15.000 Rp 14.500"),
        ('<c-actionbar :amount="0">Bayar</c-actionbar>', "Total Rp 0 Bayar"),
        ("<c-step state='done'>Wilayah</c-step>", "Wilayah selesai"),
        ('<c-timeline-step title="Katalog" state="failed" />', "Katalog terhenti"),
        ('<c-tab href="#" count="3">Baru</c-tab>', "Baru 3"),
        ('<c-tab href="#" count="">Baru</c-tab>', "Baru"),
        ('<c-tile name="Beras" :price="15200" unit="kg" />', "Beras Rp 15.200 / kg"),
        ('<c-pager :page="page" />', "Sebelumnya Halaman 2 dari 3 Berikutnya"),
        ('<c-pager :page="only" />', ""),
    ],
)
def test_what_is_read(source: str, words: str) -> None:
    pages = {"page": Paginator(range(30), 10).page(2), "only": Paginator(range(3), 10).page(1)}
    # Elements that stand side by side are read apart, also where no space is written between them.
    seen = Seen(rendered(source, **pages).replace("><", "> <"))
    assert seen.text == words


def test_a_link_is_a_link_and_a_button_sends() -> None:
    assert Seen(rendered('<c-button href="/a">A</c-button>')).tags == ["a"]
    button = Seen(rendered("<c-button>A</c-button>"))
    assert (button.tags, dict(button.attributes)["type"]) == (["button"], "submit")


def test_a_refused_field_names_its_error_to_a_screen_reader() -> None:
    form = hostile_form()
    attributes = dict(Seen(rendered('<c-field :field="form.text" />', form=form)).attributes)
    html = rendered('<c-field :field="form.text" />', form=form)
    assert 'aria-invalid="true"' in html
    assert attributes["aria-describedby"] == "id_text_helptext id_text_error"
    assert 'id="id_text_helptext"' in html
    assert 'id="id_text_error"' in html


def test_an_error_is_told_at_once_and_a_success_politely() -> None:
    assert dict(Seen(rendered('<c-alert kind="error">A</c-alert>')).attributes)["role"] == "alert"
    assert dict(Seen(rendered("<c-alert>A</c-alert>")).attributes)["role"] == "status"


def test_a_confirm_is_closed_until_it_was_refused() -> None:
    assert "open" not in dict(Seen(rendered('<c-confirm label="Tutup" open="" />')).attributes)
    assert "open" in dict(Seen(rendered('<c-confirm label="Tutup" open="1" />')).attributes)


def test_a_component_does_not_see_the_pages_own_names() -> None:
    assert "dari luar" not in rendered('<c-card>{{ y }}</c-card><c-empty title="" />', title="dari luar", y="")
