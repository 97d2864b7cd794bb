"""The way of public offices: quotation, purchase order, invoice, proof, confirmation; and what is taken back."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction

from shared_apps.billing import errors, paper
from shared_apps.billing.locks import next_number
from shared_apps.billing.models import CreditNote, Invoice, InvoiceLine, Payment, PlanVersion, Quotation, Refund
from shared_apps.billing.plans import load_plans
from shared_apps.billing.seller import in_words, ppn
from shared_apps.billing.services import invoicing, paying, quoting
from shared_apps.billing.services.settling import sweep
from shared_apps.billing.states import day_of
from tenants.audit.models import AuditEvent
from tenants.context import on_platform
from tenants.kernel import clock
from tenants.kernel.errors import StaleDocument
from tenants.models import Region
from tenants.outbox.models import OutboxMessage
from tests.papers import words
from tests.shared_apps.billing.house import BUYER, BY, fresh, invoiced, pdf, plan, subscribed, trial_over

TODAY = day_of(clock.now())


@pytest.mark.usefixtures("platform")
class TestGovernmentPath:
    def test_from_question_to_confirmed(self, kalidoni: Region) -> None:
        one = trial_over(subscribed(kalidoni), days=30)
        sweep()
        kalidoni.refresh_from_db()
        assert kalidoni.read_only_because == ["billing"]
        invoice = invoiced(one)
        # Ordered and not yet due: the region works again.
        kalidoni.refresh_from_db()
        assert (fresh(one).state, kalidoni.read_only_because) == ("active", [])
        assert (invoice.subtotal, invoice.tax, invoice.total) == (2_500_000, 275_000, 2_775_000)
        assert (invoice.due_on - invoice.issued_on).days == 30
        line = invoice.lines.get()
        assert (line.period_from, line.period_to.year - line.period_from.year) == (day_of(clock.now()), 1)
        payment = paying.claim(invoice=invoice, amount=2_775_000, paid_on=TODAY, proof=pdf(), by="user:budi")
        assert fresh(one).invoice_until is None
        paying.confirm(payment=payment, by=BY)
        paying.confirm(payment=payment, by=BY)
        invoice.refresh_from_db()
        assert (invoice.state, invoice.paid, invoice.due) == ("paid", 2_775_000, 0)
        row = fresh(one)
        assert row.invoice_until is not None
        assert (row.state, day_of(row.invoice_until), row.terms_until) == ("active", line.period_to, None)
        kept = list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))
        assert kept[-3:] == ["billing.quotation_ordered", "billing.payment_claimed", "billing.payment_confirmed"]

    def test_unpaid_beyond_terms_and_grace_it_can_only_be_read(self, kalidoni: Region) -> None:
        one = trial_over(subscribed(kalidoni), days=30)
        invoiced(one)
        now = clock.now()
        sweep(now + timedelta(days=32))
        assert fresh(one).state == "past_due"
        sweep(now + timedelta(days=46))
        assert fresh(one).state == "read_only"

    def test_papers_say_what_a_treasurer_needs(self, kalidoni: Region) -> None:
        invoice = invoiced(subscribed(kalidoni))
        text = words(paper.invoice_pdf(invoice).content)
        for part in (
            invoice.number,
            "Kecamatan Kalidoni",
            BUYER["npwp"],
            "PO-7/2026",
            "2.775.000",
            "275.000",
            "0000000000",
        ):
            assert part in text, part
        assert "Dua juta tujuh ratus tujuh puluh lima ribu rupiah" in " ".join(text.split())
        quotation = Quotation.objects.get()
        assert quotation.number in words(paper.quotation_pdf(quotation).content)
        note = invoicing.credit(invoice=invoice, reason="Salah wilayah", by=BY)
        text = words(paper.credit_note_pdf(note).content)
        assert note.number in text and invoice.number in text and "Salah wilayah" in text

    def test_a_second_tap_finds_the_same_invoice(self, kalidoni: Region) -> None:
        invoice = invoiced(subscribed(kalidoni))
        again = quoting.order(quotation=Quotation.objects.get(), po_number="PO-8", file=None, by="user:budi")
        assert again == invoice and Invoice.objects.count() == 1

    def test_one_question_at_a_time_and_none_after_its_day(self, kalidoni: Region) -> None:
        one = subscribed(kalidoni)
        asked = quoting.ask_quotation(subscription=one, plan=plan("kota"), interval="month", by="user:budi", **BUYER)
        with pytest.raises(errors.AlreadyAsked):
            quoting.ask_quotation(subscription=one, plan=plan("kota"), interval="month", by="user:budi", **BUYER)
        with pytest.raises(StaleDocument):
            quoting.order(quotation=asked, po_number="PO", file=None, by="user:budi")
        quoting.send_quotation(quotation=asked, by=BY)
        assert OutboxMessage.objects.filter(dedupe=f"billing.quotation:{asked.public_id}").count() == 1
        Quotation.objects.filter(pk=asked.pk).update(valid_until=TODAY - timedelta(days=1))
        asked.refresh_from_db()
        with pytest.raises(errors.QuotationExpired):
            quoting.order(quotation=asked, po_number="PO", file=None, by="user:budi")
        asked.refresh_from_db()
        assert (asked.state, Invoice.objects.count()) == ("sent", 0)

    @pytest.mark.parametrize("change", [{"npwp": "123"}, {"npwp": ""}, {"institution": " "}, {"address": ""}])
    def test_a_buyer_must_be_one(self, kalidoni: Region, change: dict[str, str]) -> None:
        with pytest.raises(errors.BadBuyer):
            quoting.ask_quotation(
                subscription=subscribed(kalidoni), plan=plan("kota"), interval="year", by="x", **{**BUYER, **change}
            )
        assert Quotation.objects.count() == 0

    def test_claims_are_checked(self, kalidoni: Region) -> None:
        invoice = invoiced(subscribed(kalidoni))
        for amount, day, proof, error in [
            (2_775_001, TODAY, pdf(), errors.BadAmount),
            (0, TODAY, pdf(), errors.BadAmount),
            (1, TODAY + timedelta(days=1), pdf(), errors.BadAmount),
            (1, TODAY, SimpleUploadedFile("x.exe", b"MZ..."), errors.BadFile),
        ]:
            with pytest.raises(error):
                paying.claim(invoice=invoice, amount=amount, paid_on=day, proof=proof, by="x")
        first = paying.claim(invoice=invoice, amount=775_000, paid_on=TODAY, proof=pdf(), by="x")
        with pytest.raises(errors.AlreadyAsked):
            paying.claim(invoice=invoice, amount=1, paid_on=TODAY, proof=pdf(), by="x")
        paying.refuse(payment=first, by=BY, reason="Tidak ada di rekening koran")
        with pytest.raises(StaleDocument):
            paying.confirm(payment=first, by=BY)
        part = paying.claim(invoice=invoice, amount=775_000, paid_on=TODAY, proof=pdf(), by="x")
        paying.confirm(payment=part, by=BY)
        invoice.refresh_from_db()
        assert (invoice.state, invoice.due) == ("open", 2_000_000)

    def test_a_credit_note_takes_back_and_never_more(self, kalidoni: Region) -> None:
        one = trial_over(subscribed(kalidoni), days=30)
        invoice = invoiced(one)
        part = invoicing.credit(invoice=invoice, reason="potongan", by=BY, total=1_000_000)
        assert (part.total, part.tax) == (1_000_000, 99_099)
        with pytest.raises(errors.BadAmount):
            invoicing.credit(invoice=invoice, reason="lagi", by=BY, total=1_775_001)
        rest = invoicing.credit(invoice=invoice, reason="batal", by=BY)
        invoice.refresh_from_db()
        assert invoice.state == "credited"
        assert sum(note.tax for note in CreditNote.objects.all()) == invoice.tax
        assert rest.total == 1_775_000
        # Nothing covers the region any more.
        assert fresh(one).state == "read_only"

    def test_money_goes_back_with_a_credit_note(self, kalidoni: Region) -> None:
        invoice = invoiced(subscribed(kalidoni))
        payment = paying.claim(invoice=invoice, amount=2_775_000, paid_on=TODAY, proof=pdf(), by="x")
        paying.confirm(payment=payment, by=BY)
        paying.refund(payment=payment, amount=775_000, reason="salah paket", by=BY)
        with pytest.raises(errors.BadAmount):
            paying.refund(payment=payment, amount=2_000_001, reason="terlalu banyak", by=BY)
        invoice.refresh_from_db()
        assert (invoice.refunded, invoice.credited, invoice.state) == (775_000, 775_000, "paid")
        assert Refund.objects.get().state == "done"

    def test_what_was_issued_never_changes(self, kalidoni: Region) -> None:
        invoice = invoiced(subscribed(kalidoni))
        invoicing.credit(invoice=invoice, reason="x", by=BY, total=1)
        for change in (
            lambda: Invoice.objects.update(subtotal=1),
            lambda: Invoice.objects.update(buyer="Orang lain"),
            lambda: Invoice.objects.all()._raw_delete("default"),  # type: ignore[attr-defined]
            lambda: InvoiceLine.objects.update(amount=1),
            lambda: CreditNote.objects.update(reason="y"),
            lambda: PlanVersion.objects.update(monthly=1),
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                change()  # type: ignore[no-untyped-call]
        assert Payment.objects.count() == 0

    def test_a_loaded_plan_never_changes(self) -> None:
        load_plans()
        assert load_plans() == 0
        row = {
            "code": "kecamatan", "version": 1, "name": "Kecamatan", "note": "x", "kecamatan": 1, "warungs": 300,
            "orders": 1, "storage_mb": 1, "monthly": 100, "yearly": 100, "trial_days": 1, "grace_days": 1,
            "offered_from": "2026-01-01",
        }  # fmt: skip
        with pytest.raises(ValueError, match="never changes"):
            load_plans([row])
        with pytest.raises(ValueError, match="multiple"):
            load_plans([{**row, "version": 2, "monthly": 150}])
        assert load_plans([{**row, "version": 2}]) == 1


def test_words_and_tax() -> None:
    assert in_words(2_775_000) == "Dua juta tujuh ratus tujuh puluh lima ribu rupiah"
    assert ppn(2_500_000, TODAY) == 275_000


def test_numbers_have_no_gap_when_many_ask_and_some_fail(committed: None) -> None:
    taken: list[int] = []

    def take(fail: bool) -> None:
        try:
            with on_platform(), transaction.atomic():
                number = next_number("INV", 2026)
                if fail:
                    raise ZeroDivisionError
                taken.append(number)
        except ZeroDivisionError:
            pass
        finally:
            connection.close()

    for _round in range(4):
        hands = [threading.Thread(target=take, args=(place % 3 == 0,)) for place in range(9)]
        for hand in hands:
            hand.start()
        for hand in hands:
            hand.join()
    assert sorted(taken) == list(range(1, 25))
