"""What people write into cells: rupiah, numbers, packs and their content, PPN."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from django.utils.translation import gettext as _

from shared_apps.price_lists.errors import Unreadable
from shared_apps.supplier_catalog.models import Tax
from tenants.kernel.units import BaseUnit

_GRAM, _ML, _PIECE = BaseUnit.GRAM.value, BaseUnit.MILLILITRE.value, BaseUnit.PIECE.value

UNITS: dict[str, tuple[str, int]] = {
    word: (base, size)
    for base, size, words in (
        (_GRAM, 1, "g gr grm gram"),
        (_GRAM, 100, "ons"),
        (_GRAM, 1_000, "kg kgs kilo kilogram"),
        (_GRAM, 100_000, "kw kuintal kwintal"),
        (_GRAM, 1_000_000, "ton"),
        (_ML, 1, "ml mili mililiter cc"),
        (_ML, 1_000, "l lt ltr liter litre"),
        (
            _PIECE,
            1,
            "pcs pc pce pieces piece buah bh butir btr biji bj bungkus bks bngks botol btl sachet sct saset kaleng klg",
        ),
        (
            _PIECE,
            1,
            "lembar lbr ekor batang btg bata sisir ikat pouch pch cup gelas gls jar tube strip roll rol pack pak",
        ),
        (_PIECE, 12, "lusin lsn"),
        (_PIECE, 20, "kodi"),
        (_PIECE, 144, "gros gross"),
    )
    for word in words.split()
}

_RUPIAH = re.compile(
    r"(?:rp\.?|idr)?\s*([0-9]{1,3}(?:\.[0-9]{3})+|[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,12})\s*(?:[.,](?:-+|0{1,2}))?(?:\s*/.*)?"
)
_WHOLE = re.compile(r"([0-9]{1,3}(?:\.[0-9]{3})+|[0-9]{1,9})(?:[.,]0+)?\s*[a-z]*\.?")
_NUMBER = r"[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]{1,3})?|[0-9]{1,9}(?:[.,][0-9]{1,4})?"
_CONTENT = re.compile(
    rf"(?:isi|@|=|per|:)?\s*(?P<counts>(?:[0-9]{{1,6}}\s*(?:[a-z]{{2,8}}\s*)?[x×*]\s*)*)(?P<number>{_NUMBER})\s*(?P<unit>[a-z]{{0,12}})\.?"
)
# Where a pack's name tells its content too: "dus 40x85g", "karung 50 kg", "dus isi 40", "dus/40", "dus (40 pcs)".
_WITHIN = re.compile(
    rf"(?:^|[\s/(@-])(?:isi\s*)?(?P<content>(?:[0-9]{{1,6}}\s*[x×*]\s*)*(?:{_NUMBER})\s*[a-z]{{0,12}}\.?)\s*\)?$"
)

_TAXES: dict[str, str] = {
    word: key
    for key, words in {
        Tax.INCLUDED.value: (
            "included|include|incl|inc|inc ppn|incl ppn|include ppn|termasuk|termasuk ppn|sudah|sudah ppn|"
            "sudah termasuk|in the price|dalam harga"
        ),
        Tax.ADDED.value: (
            "added|exclude|excluded|excl|exc|excl ppn|exclude ppn|belum|belum ppn|belum termasuk|"
            "belum termasuk ppn|tambah|tambah ppn|+ppn|+ ppn|di luar harga|on top"
        ),
        Tax.NONE.value: "none|non|non ppn|tidak|tidak kena|tanpa|tanpa ppn|bebas|bebas ppn|tidak ada|no|0|0%|-",
    }.items()
    for word in words.split("|")
}


def rupiah_in(text: str) -> int:
    """ "12500", "Rp 12.500,-", "12,500.00" are all 12,500 rupiah. Raises: Unreadable."""
    found = _RUPIAH.fullmatch(text.casefold().replace("\u00a0", " ").strip())
    if found is None:
        raise Unreadable(_("%(text)s is no amount of whole rupiah. Write it like 12.500.") % {"text": _short(text)})
    return int(found[1].replace(".", "").replace(",", ""))


def whole_in(text: str) -> int:
    """ "10", "1.000", "5 dus". Raises: Unreadable."""
    found = _WHOLE.fullmatch(text.casefold().strip())
    if found is None:
        raise Unreadable(_("%(text)s is no whole number.") % {"text": _short(text)})
    return int(found[1].replace(".", ""))


def tax_in(text: str) -> str:
    """Raises: Unreadable, also for a bare "11%" or "ya", which do not tell whether it is in the price."""
    found = _TAXES.get(" ".join(text.casefold().split()))
    if found is None:
        raise Unreadable(
            _("%(text)s does not tell how PPN stands to the price. Write termasuk, belum or tidak.")
            % {"text": _short(text)}
        )
    return found


@lru_cache(maxsize=4096)
def pack_in(pack: str, content: str, unit: str) -> tuple[str, int | None, str | None]:
    """What the pack is called, and how much is in it in which base unit; None where nothing tells how much.

    Of "40x85g" the pieces count (40), unless the column of units says that it is counted by weight (3.400 g).
    Raises:  Unreadable.
    """
    measure = _measure(unit)
    if unit and measure is None:
        # "Satuan: dus" names the pack.
        if pack and not pack.casefold().startswith(unit.casefold()):
            raise Unreadable(_("%(text)s is no unit. Write kg, g, liter, ml or pcs.") % {"text": _short(unit)})
        pack = pack or unit
    if content:
        label = pack or content
        return (label, *_content(content, measure))
    if pack:
        within = _WITHIN.search(pack.casefold())
        if within and not (measure is None and within["content"].strip().isdigit() and "isi" not in pack.casefold()):
            return (pack, *_content(within["content"], measure))
        own = _measure(pack)
        if own is not None and (measure is None or pack.casefold() == unit.casefold()):
            return (pack, own[1], own[0])
        return (pack, None, None)
    if measure is not None:
        return (unit, measure[1], measure[0])
    raise Unreadable(_("Write the pack, such as dus 40x85g or karung 50 kg."))


def _content(text: str, measure: tuple[str, int] | None) -> tuple[int, str]:
    found = _CONTENT.fullmatch(text.casefold().strip())
    inner = UNITS.get(found["unit"]) if found and found["unit"] else None
    if found is None or (found["unit"] and inner is None):
        raise Unreadable(
            _("%(text)s does not tell how much is in the pack. Write it like 40 pcs, 40x85g or 1,5 kg.")
            % {"text": _short(text)}
        )
    count = 1
    for one in re.findall(r"[0-9]+", found["counts"]):
        count *= int(one)
    number = _decimal(found["number"])
    if (
        inner is not None
        and found["counts"].strip()
        and inner[0] != _PIECE
        and (measure is None or measure[0] == _PIECE)
    ):
        return _sensible(Decimal(count), text), _PIECE
    base, size = inner or measure or (_PIECE, 1)
    if inner is not None and measure is not None and inner[0] != measure[0]:
        raise Unreadable(_("%(text)s and the column of units say two different units.") % {"text": _short(text)})
    return _sensible(number * size * count, text), base


def _sensible(amount: Decimal, text: str) -> int:
    if amount != amount.to_integral_value() or not 0 < amount <= 10**9:
        raise Unreadable(
            _("%(text)s does not tell how much is in the pack. Write it like 40 pcs, 40x85g or 1,5 kg.")
            % {"text": _short(text)}
        )
    return int(amount)


def _measure(word: str) -> tuple[str, int] | None:
    return UNITS.get(word.casefold().strip(" ."))


def _decimal(text: str) -> Decimal:
    if re.fullmatch(r"[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]+)?", text):
        text = text.replace(".", "")
    return Decimal(text.replace(",", "."))


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"
