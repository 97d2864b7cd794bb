"""Units, types, prices and terms: what the Satker sets before anybody weighs."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from tenant_apps.bank_sampah.errors import BadEntry
from tenant_apps.bank_sampah.models import (
    BankTerms,
    Buyer,
    Composition,
    Group,
    Measure,
    UnitKind,
    WasteGrade,
    WastePrice,
    WasteType,
    WasteUnit,
)
from tenant_apps.warungs.models import Warung
from tenants.kernel import clock

MOST_PRICE = 10_000_000


def make_centre(*, name: str) -> WasteUnit:
    """The central unit; a second call finds it."""
    return WasteUnit.objects.get_or_create(kind=UnitKind.CENTRE, defaults={"name": name[:120]})[0]


def make_unit(
    *,
    name: str,
    warung: Warung | None = None,
    village_code: str = "",
    rw: int | None = None,
    rt: int | None = None,
    address: str = "",
    hours: str = "",
) -> WasteUnit:
    """A unit takes waste from now on, at a warung or as the Satker's own.

    Raises:  BadEntry where the name is taken, or the warung has a unit.
    """
    name = name.strip()[:120]
    if not name:
        raise BadEntry(_("Give the unit a name."))
    if warung is not None:
        village_code, rw, rt = warung.village_code, warung.rw, warung.rt
    try:
        with transaction.atomic():
            return WasteUnit.objects.create(
                name=name, warung=warung, village_code=village_code, rw=rw, rt=rt, address=address, hours=hours
            )
    except IntegrityError as refused:
        if "warung" in str(refused):
            raise BadEntry(_("This warung has a unit already.")) from refused
        raise BadEntry(_("Another unit has this name.")) from refused


def change_unit(*, unit: WasteUnit, name: str, address: str, hours: str, is_open: bool) -> WasteUnit:
    """Another name, place or time; or it takes no waste for a while.

    Raises:  BadEntry where the name is taken.
    """
    name = name.strip()[:120]
    if not name:
        raise BadEntry(_("Give the unit a name."))
    unit.name, unit.address, unit.hours, unit.is_open = name, address.strip()[:240], hours.strip()[:120], is_open
    try:
        with transaction.atomic():
            unit.save(update_fields=["name", "address", "hours", "is_open"])
    except IntegrityError as refused:
        raise BadEntry(_("Another unit has this name.")) from refused
    return unit


def set_price(
    *,
    grade: WasteGrade,
    price: int,
    by: str,
    unit: WasteUnit | None = None,
    buyer: Buyer | None = None,
    valid_from: datetime | None = None,
) -> WastePrice:
    """Rupiah for a kilogram or a piece, from now or from a later moment on. Slips that are written stay as they are.

    Raises:  BadEntry for a price that cannot be, or one that begins in the past.
    Writes:  a price.
    """
    now = clock.now()
    begins = valid_from or now
    if not 0 <= price <= MOST_PRICE:
        raise BadEntry(_("Write a price from 0 to 10.000.000."))
    if begins < now:
        raise BadEntry(_("A price begins now or later: what was weighed in until now keeps its price."))
    return WastePrice.objects.create(grade=grade, unit=unit, buyer=buyer, price=price, valid_from=begins, by=by, at=now)


def add_type(
    *,
    code: str,
    name: str,
    group: Group,
    composition: Composition,
    measure: Measure,
    piece_g: int | None = None,
    hint: str = "",
) -> WasteGrade:
    """Units may take it from now on, once it has a price. Returns its one grade.

    Units:   `piece_g`: grams of one piece, for what is counted in pieces.
    Raises:  BadEntry where the code is taken, or a piece has no weight.
    Writes:  the type, a grade without a name.
    """
    code, name = code.strip().upper()[:12], " ".join(name.split())[:120]
    if not code or not name:
        raise BadEntry(_("Write down a code and a name."))
    if (measure == Measure.PIECE) != (piece_g is not None) or (piece_g is not None and piece_g <= 0):
        raise BadEntry(_("What is counted in pieces needs the weight of one piece, and nothing else does."))
    try:
        with transaction.atomic():
            kind = WasteType.objects.create(
                code=code,
                name=name,
                group=group,
                composition=composition,
                measure=measure,
                piece_g=piece_g,
                hint=hint.strip()[:240],
            )
            return add_grade(kind=kind, name="")
    except IntegrityError as refused:
        raise BadEntry(_("Another type has this code.")) from refused


def add_grade(*, kind: WasteType, name: str) -> WasteGrade:
    """One more grade of a type, with prices of its own.

    Raises:  BadEntry where the type has it.
    """
    try:
        with transaction.atomic():
            return WasteGrade.objects.create(type=kind, name=" ".join(name.split())[:40])
    except IntegrityError as refused:
        raise BadEntry(_("This type has that grade already.")) from refused


def take_type(*, kind: WasteType, is_taken: bool) -> WasteType:
    """The units take it from now on, or no longer."""
    kind.is_taken = is_taken
    kind.save(update_fields=["is_taken"])
    return kind


def set_bank_terms(
    *,
    by: str,
    share_bps: int,
    proceeds_bps: int,
    least_payout: int,
    most_a_day: int,
    first_day: int | None = None,
    last_day: int | None = None,
) -> BankTerms:
    """The rules from now on.

    Units:   shares in basis points (1,000 is 10 %), payouts in rupiah, days of the month.
    Raises:  BadEntry for rules that cannot be.
    """
    if not (0 <= share_bps < 10_000 and 0 <= proceeds_bps <= 10_000):
        raise BadEntry(_("A share is from 0 to 100 percent; the member keeps something of each slip."))
    if not 0 < least_payout <= most_a_day:
        raise BadEntry(_("The smallest payout is above zero, and not above what is paid in a day."))
    if (first_day is None) != (last_day is None) or (
        first_day is not None and last_day is not None and not 1 <= first_day <= last_day <= 31
    ):
        raise BadEntry(_("Write both days of the month, the first one first, or neither."))
    now = clock.now()
    return BankTerms.objects.create(
        valid_from=now,
        share_bps=share_bps,
        proceeds_bps=proceeds_bps,
        least_payout=least_payout,
        most_a_day=most_a_day,
        first_day=first_day,
        last_day=last_day,
        by=by,
        at=now,
    )
