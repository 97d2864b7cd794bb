"""For each address of a region's site: which ids to put into it, and what a form sent there may name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any
from uuid import uuid4

from shared_apps.billing.models import Invoice
from shared_apps.billing.services.invoicing import credit
from shared_apps.billing.services.quoting import ask_quotation, send_quotation
from shared_apps.billing.services.quoting import order as order_quoted
from shared_apps.billing.services.subscribing import subscription_of
from shared_apps.exchange.models import Pool, SupplierOrder
from shared_apps.exchange.services import Buyer, OrderedLine, pooling, send_order
from shared_apps.onboarding.consents import requests_to_us
from shared_apps.onboarding.models import CarveOut, Registration, State, WarungMove
from shared_apps.onboarding.services.moving import moves_of
from shared_apps.supplier_catalog.models import Offer
from shared_apps.support.models import SupportAccess
from tenant_apps.accounts.models import Passkey, Role
from tenant_apps.accounts.services.inviting import invite
from tenant_apps.agent_banking.models import Agent, AgentDocument, MoveKind, StatementException
from tenant_apps.agent_banking.services import (
    Opening,
    apply_statement,
    submit_referral,
    take_in_statement,
)
from tenant_apps.agent_banking.services import open_day as open_agents_day
from tenant_apps.api.models import ApiToken
from tenant_apps.api.scopes import Scope
from tenant_apps.api.tokens import make_token
from tenant_apps.bank_sampah.models import (
    Composition,
    Deposit,
    Group,
    Load,
    Measure,
    PickupRequest,
    Transfer,
    WasteSale,
    Way,
    Withdrawal,
)
from tenant_apps.bank_sampah.selectors.units import the_centre
from tenant_apps.bank_sampah.services import (
    Heap,
    Sold,
    Weighed,
    add_type,
    ask,
    ask_pickup,
    join,
    make_buyer,
    make_unit,
    send,
    set_collection_day,
    set_price,
    set_up,
    weigh_in,
)
from tenant_apps.bank_sampah.services import Place as WastePlace
from tenant_apps.bank_sampah.services import Wish as Wishing
from tenant_apps.bank_sampah.services import sell as sell_waste
from tenant_apps.fresh_buying.models import MarketTrip, PreOrder, StallPurchase
from tenant_apps.ledger.services import account_of_warung
from tenant_apps.notifications.models import Notice
from tenant_apps.orders.models import Method, Order, Return
from tenant_apps.orders.services.carting import put_in_cart
from tenant_apps.orders.services.placing import SeenLine, place_order
from tenant_apps.orders.services.sharing import share_receipt
from tenant_apps.payments.models import Method as PayBy
from tenant_apps.payments.services import confirm_received, open_payment
from tenant_apps.payments.services.codes import keep_code
from tenant_apps.pos.models import BonCustomer, CashDay, CounterSale
from tenant_apps.pos.services.bons import open_bon
from tenant_apps.pos.services.drawer import open_day
from tenant_apps.pos.services.selling import SaleLine, Tenders, record_sale
from tenant_apps.pricing.models import Market, ObservationImport, PriceCeiling, PriceClaim, PriceList
from tenant_apps.pricing.services import Wish as PriceWish
from tenant_apps.pricing.services import schedule_prices, set_ceiling
from tenant_apps.pricing.services.importing import upload_table
from tenant_apps.procurement.models import Arrival, ArrivalLine, HandOver, WarungPayment
from tenant_apps.procurement.services import (
    CycleTerms,
    CycleWish,
    Supply,
    Wish,
    draft_cycle,
    open_cycle,
    receive_goods,
    save_cycle_order,
    submit_restock,
)
from tenant_apps.procurement.services.handing import Signed, hand_over
from tenant_apps.procurement.services.receiving import Counted, receive_purchase
from tenant_apps.procurement.services.sharing import confirm_distribution
from tenant_apps.satker.models import ServiceSetting
from tenant_apps.stock.services import Line, begin_count, location_of_warung, receive, write_counts
from tenant_apps.suppliers.models import Adoption, AdoptionChange
from tenant_apps.suppliers.services import adopt, find_changes
from tenant_apps.warungs.services import set_slot, set_zone
from tenants.context import current_region, on_platform
from tenants.identity.models import User
from tenants.kernel import clock
from tenants.kernel.numbers import new_number
from tenants.kernel.units import BaseUnit
from tenants.lifecycle.domains import claims_of
from tenants.lifecycle.models import DomainClaim
from tenants.models import Region
from tests.cast import BY, VILLAGE, Cast
from tests.isolation.twins import SECRET
from tests.shared_apps.supplier_catalog.wholesaler import cover, offer, verified
from tests.tenant_apps.agent_banking.desk import agent_at, moved, offer_service, record
from tests.tenant_apps.fresh_buying.dawn import open_stand
from tests.tenant_apps.payments.purse import static_code
from tests.tenant_apps.procurement.caravan import set_out
from tests.tenant_apps.suppliers.counter import republish


@dataclass(frozen=True)
class Ids:
    """What addresses and forms name things by, of one region's rows."""

    slug: str
    shelf: str
    warung: str
    product: str
    pack: str
    person: str
    order: str
    restock: str
    cycle: str
    pool: str
    supplier_order: str
    goods_cycle: str
    bought_from: str
    arrival: str
    hand_over: str
    own_payment: str
    rejected: str
    receipt: str
    token: str
    office_invitation: str
    owner_invitation: str
    staff_invitation: str
    village: str
    line: str
    carving: str
    bill: str
    credit_note: str
    domain: str
    warung_move: str
    support: str
    account: str
    api_key: str
    purchase: str
    payment: str
    payment_issue: str
    count: str
    lot: str
    claim: str
    sale: str
    bon: str
    day: str
    price_list: str
    zone: str
    receipt_link: str
    back: str
    slot: str
    place: str
    table: str
    ceiling: str
    notice: str
    offer: str
    supplier: str
    adoption: str
    change: str
    stand: str
    stand_slug: str
    trip: str
    preorder: str
    stall_purchase: str
    trip_line: str
    passkey: str
    waste_unit: str
    waste_grade: str
    waste_type: str
    waste_member: str
    waste_card: str
    waste_book: str
    waste_slip: str
    waste_payout: str
    waste_transfer: str
    waste_sale: str
    waste_pickup: str
    waste_rule: str
    waste_day: str
    agent: str
    agent_paper: str
    agent_day: str
    agent_transaction: str
    float_move: str
    referral: str
    bank_statement: str
    bank_exception: str

    def form(self) -> dict[str, Any]:
        """One form with every name that ours ask for, filled with these ids and with words."""
        return {
            "pack": self.pack,
            "quantity": "1",
            "line": f"{self.pack}:1:14500",
            "key": str(uuid4()),
            "fee": "2000",
            "method": "delivery",
            "name": "Percobaan",
            "phone": "0812 0000 9999",
            "email": "percobaan@example.test",
            "street": "Jalan Percobaan",
            "address": "Jalan Percobaan",
            "village_code": self.village,
            "rw": "1",
            "rt": "1",
            "role": "satker",
            "reason": "percobaan",
            "warung": self.warung,
            "customer": self.bon,
            "product": self.product,
            "person": self.person,
            "public_id": self.product,
            f"price-{self.pack}": "14000",
            f"packs-{self.pack}": "1",
            f"seen-{self.pack}": "650000",
            f"packs-{self.line}": "1",
            f"line-{self.line}": "1",
            "do": "send",
            "change": self.change,
            "shown": "20",
            "lines": "1",
            "amount": "5",
            "unit": "1000",
            "market": "Pasar Percobaan",
            "observed_on": clock.today().isoformat(),
            "price": "13000",
            "per": "1000",
            "mode": "same",
            "whole_day": "on",
            "days": ["0", "1"],
            "services": ["sembako"],
            "first": "1",
            "last": "2",
            "rt_count": "4",
            "login": "hasan@example.test",
            "password": "rahasia-warga-9",
            "password1": "sawah-hijau-2026",
            "oldpassword": "rahasia-warga-9",
            "code": "123456",
            "language": "id",
            "next": "/",
            "q": "beras",
            "areas": "16.71.10",
            "minimum_saving": "100",
            "minimum_percent": "0",
            "freshness_days": "30",
            "delivery_fee": "2000",
            "minimum_order": "0",
            "like": "1",
            "weekday": "1",
            "starts": "13:00",
            "ends": "15:00",
            "capacity": "5",
            "pickup": "on",
            "note": "percobaan",
            "step": "take_rest",
            "payload": static_code(),
            "welcome": "percobaan",
            "stand": self.stand,
            "day": clock.today().isoformat(),
            "purchase": self.stall_purchase,
            "paid": "10.000",
            f"got-{self.trip_line}": "1",
            f"given-{self.trip_line}": "1",
            "book": self.waste_book,
            "receiver": self.waste_unit,
            f"q-{self.waste_grade}": "0,1",
            f"p-{self.waste_grade}": "100",
            "way": "cash",
            "agrees": "on",
            "kind": "person",
            "bank_number": "BNI46-99",
            "reference": "PERCOBAAN-1",
            "cash": "1000",
            "deposit": "1000",
            "shown_float": "1000",
            "counted": "1000",
            "back-reference": "PERCOBAAN-2",
            "back-reason": "percobaan",
            "late-kind": "setor_tunai",
            "late-customer": "0123456789",
            "late-key": str(uuid4()),
        }

    def body(self) -> dict[str, Any]:
        """One JSON document with every name that the API asks for."""
        line = {"pack": int(self.pack), "quantity": 1, "price": 14_500}
        return {
            **line,
            "warung": self.slug,
            "lines": [line],
            "prices": [line],
            "method": "pickup",
            "name": "Percobaan",
            "language": "id",
            "village": self.village,
            "reason": "count",
            "counted": 5,
            "hours": [],
        }


def add_cycle(cast: Cast) -> None:
    """A cycle that is open, in which Hasan ordered."""
    closes = clock.now() + timedelta(days=2)
    terms = CycleTerms("Putaran percobaan", closes, closes.date() + timedelta(days=1), note="catatan percobaan")
    cycle = draft_cycle(satker=cast.satker, terms=terms, packs=[cast.sack.pk], by=cast.yuli.actor)
    open_cycle(cycle=cycle, by=cast.yuli.actor)
    good = cycle.goods.get()
    save_cycle_order(
        cycle=cycle,
        warung=cast.warung,
        key=uuid4(),
        wishes=[CycleWish(good.pk, 1, 0, good.price)],
        note="pesanan percobaan",
        by=cast.hasan.actor,
    )


def add_goods(cast: Cast) -> None:
    """A cycle whose goods came: Hasan signed for his and paid a part, Siti's are on the way."""
    caravan = set_out(cast)
    receive_purchase(
        purchase=caravan.purchase,
        key=uuid4(),
        counts=[
            Counted(caravan.sacks.pk, 6, rejected=1, reason="basah percobaan"),
            Counted(caravan.crates.pk, 1),
        ],
        received_on=clock.today(),
        reference="SJ percobaan",
        by=cast.yuli.actor,
    )
    confirm_distribution(cycle=caravan.cycle, key=uuid4(), by=cast.yuli.actor)
    document = HandOver.objects.get(cycle=caravan.cycle, warung=cast.warung)
    hand_over(
        document=document,
        key=uuid4(),
        handed={line.pk: line.units for line in document.lines.all()},
        signed=Signed("Hasan percobaan", signature="M1 1L2 2"),
        paid=10_000,
        by=cast.yuli.actor,
    )


def add_market_documents(cast: Cast) -> None:
    """A cart, an order, a restock, a goods receipt and open invitations: a document of every kind."""
    put_in_cart(key=cast.ratna.public_id, warung=cast.warung, pack_id=cast.kilo.pk, quantity=2)
    Notice.objects.create(
        user=cast.ratna, subject="Kabar", dedupe=f"notice:{cast.ratna.public_id}", created_at=clock.now()
    )
    place_order(
        customer=cast.ratna,
        warung=cast.warung,
        key=uuid4(),
        lines=[SeenLine(cast.kilo.pk, 2, cast.rice_price.price)],
        method=Method.PICKUP,
        name="Ratna",
        phone="+6281200000001",
        note="pesanan percobaan",
        by=cast.ratna.actor,
    )
    wish = Wish(cast.sack.pk, 1, cast.sack_price.price)
    submit_restock(warung=cast.warung, key=uuid4(), lines=[wish], by=cast.hasan.actor, note="restok percobaan")
    add_goods(cast)
    add_cycle(cast)
    receive_goods(
        satker=cast.satker,
        key=uuid4(),
        supplier="Pemasok percobaan",
        received_on=clock.today(),
        lines=[Supply(pack=cast.sack, quantity=1, cost=600_000)],
        by=cast.yuli.actor,
    )
    _rule_prices(cast)
    _see_it_cheaper(cast)
    _sell_at_the_counter(cast)
    shelf = location_of_warung(cast.warung)
    dated = [Line(cast.egg.pk, 1, expires_on=clock.today() + timedelta(days=1))]
    receive(location=shelf, lines=dated, reference="shelf:percobaan", by=BY)
    write_counts(count=begin_count(location=shelf, by=BY), counted={cast.egg: 9}, by=BY)
    invite(role=Role.SATKER, name="Calon petugas", by=BY)
    invite(role=Role.OWNER, name="Calon pemilik", subject=cast.other_warung.public_id, by=BY)
    invite(role=Role.STAFF, name="Calon pegawai", subject=cast.warung.public_id, by=BY)
    make_token(member=cast.member(cast.wati), name="Kasir percobaan", scopes=[Scope.SHOP_READ], days=30)
    _ask_to_come_in(current_region())
    _ask_for_a_kecamatan(current_region())
    _ask_for_a_host(current_region())
    _pay_too_little(cast)
    _go_to_the_market(cast)
    _serve_the_bank(cast)
    Return.objects.create(
        number=new_number(), order=Order.objects.filter(warung=cast.warung).latest("pk"), reason="retur percobaan"
    )
    set_zone(warung=cast.warung, village_code=VILLAGE, rw=None, fee=2_000, minimum_order=0)
    set_slot(warung=cast.warung, weekday=0, starts=time(9), ends=time(11), capacity=5)
    _buy_of_a_supplier(cast)
    _pay_for_the_region()
    _save_waste(cast)


def _pay_for_the_region() -> None:
    """The region ordered by purchase order, and a part of the invoice was taken back. Lombok's bears the secret."""
    region = current_region()
    name = f"Kecamatan {SECRET}" if region.name == "Lombok" else "Kecamatan percobaan"
    with on_platform():
        row = subscription_of(region)
        asked = ask_quotation(
            subscription=row,
            plan=row.plan,
            interval="year",
            institution=name,
            npwp="01.234.567.8-901.000",
            address=name,
            email="camat@example.test",
            by=BY,
        )
        send_quotation(quotation=asked, by=BY)
        credit(invoice=order_quoted(quotation=asked, po_number=name, file=None, by=BY), reason=name, by=BY, total=1)


def _bill_of_region() -> dict[str, str]:
    region = current_region()
    with on_platform():
        bill = Invoice.objects.filter(subscription__region=region).latest("pk")
        return {"bill": str(bill.public_id), "credit_note": str(bill.credit_notes.latest("pk").public_id)}


def _save_waste(cast: Cast) -> None:
    """Ratna brings bottles to Hasan's unit and asks for some of it; a part is on the way, a part is sold."""
    Passkey.objects.create(
        user=cast.ratna, host="percobaan", name="percobaan", credential_id=uuid4().hex, credential=b"x"
    )
    set_up(name="Bank Sampah percobaan", by=BY)
    ServiceSetting.objects.update_or_create(code="bank_sampah", defaults={"enabled": True})
    unit = make_unit(name=f"Unit {cast.warung.name}", warung=cast.warung)
    member = join(unit=unit, name="Ratna percobaan", user=cast.ratna, agrees=True, by=BY)
    # A type of this market alone: the usual ones are the same in all regions.
    pet = add_type(
        code=uuid4().hex[:12],
        name="Botol percobaan",
        group=Group.PLASTIC,
        composition=Composition.PLASTIC,
        measure=Measure.GRAM,
    )
    set_price(grade=pet, price=3_500, by=BY)
    book = member.books.get()
    weigh_in(unit=unit, book=book, key=uuid4(), lines=[Weighed(pet, 20_000)], by=BY)
    ask(book=book, key=uuid4(), amount=10_000, wish=Wishing(Way.CASH, unit), by=BY)
    send(sender=unit, receiver=the_centre(), key=uuid4(), quantities={pet: 2_000}, by=BY)
    buyer = make_buyer(name=f"Pengepul {cast.warung.name}")
    sell_waste(unit=unit, buyer=buyer, key=uuid4(), note_number="percobaan", lines=[Sold(pet, 1_000, 4_000)], by=BY)
    tomorrow = clock.today(current_region().time_zone) + timedelta(days=1)
    set_collection_day(unit=unit, weekday=tomorrow.weekday(), starts=time(8), ends=time(11), by=BY)
    home, heap = WastePlace(1, 3, "Lorong percobaan"), Heap(Load.SACK, note="percobaan")
    ask_pickup(member=member, day=tomorrow, key=uuid4(), place=home, heap=heap, by=BY)


def _buy_of_a_supplier(cast: Cast) -> None:
    """A supplier sells to this region alone; rice is bought of it and dearer now, eggs are not. Lombok's bears the secret."""
    region = current_region()
    name = f"Grosir {SECRET}" if region.name == "Lombok" else "Grosir"
    with on_platform():
        seller = verified(name, nib=f"{uuid4().int % 10**13:013}")
        rice = offer(
            seller, "P-1", f"Beras {name}", pack=("karung", 50_000), price=1, unit=BaseUnit.GRAM, region=region
        )
        offer(seller, "P-2", f"Telur {name}", pack=("peti", 180), price=1, region=region)
        seller.allows_pooling = True
        seller.save(update_fields=["allows_pooling"])
        kecamatan = "52.71.03" if region.name == "Lombok" else "16.71.07"
        cover(region, kecamatan)
        oil = offer(seller, "P-3", f"Minyak {name}", pack=("dus", 12), price=2, tiers=[(9, 1)], area=kecamatan[:5])
    adopt(offer=rice, product=cast.rice, by=BY)
    send_order(
        supplier=seller,
        key=uuid4(),
        buyer=Buyer(f"Satker {name}"),
        wanted_on=clock.today() + timedelta(days=3),
        lines=[OrderedLine(rice.public_id, 2)],
        by=BY,
    )
    pooling.open_pool(
        supplier=seller,
        key=uuid4(),
        name=f"Patungan {name}",
        closes_at=clock.now() + timedelta(days=2),
        offers=[oil.public_id],
    )
    republish(rice, prices=[(1, 2)])
    find_changes(by=BY)


def _pay_too_little(cast: Cast) -> None:
    """A code that waits for its money, and an issue about what came."""
    keep_code(warung=cast.warung, text=static_code(), by=BY)
    for number, came in (("1", None), ("2", 9_000)):
        payment = open_payment(
            reference=f"trial:{number}:{cast.warung.public_id.hex[:12]}",
            payer=cast.ratna,
            warung=cast.warung,
            method=PayBy.QRIS,
            amount=10_000,
            expires_at=None,
            by=BY,
        )
        if came:
            confirm_received(payment=payment, by=BY, amount=came)


def _rule_prices(cast: Cast) -> None:
    """A list for later, a ceiling, and a table that waits to be looked at."""
    schedule_prices(
        warung=cast.warung,
        valid_from=clock.now() + timedelta(days=1),
        wishes=[PriceWish(cast.kilo, 14_000)],
        by=cast.hasan.actor,
    )
    set_ceiling(
        product=cast.rice,
        per_quantity=1_000,
        price=16_000,
        valid_from=clock.today(),
        valid_to=None,
        source="peraturan percobaan",
        by=cast.yuli.actor,
    )
    upload_table(
        data=b"produk;satuan;harga\nBeras medium;kg;15.500\n",
        name="percobaan.csv",
        market="Pasar Percobaan",
        observed_on=clock.today(),
        by=cast.yuli.actor,
    )


def _see_it_cheaper(cast: Cast) -> None:
    """A claim of Ratna's, as if she had bought a kilo."""
    PriceClaim.objects.create(
        user=cast.ratna,
        line=f"{uuid4().hex[:6]}-1",
        document="ABCDEF",
        product=cast.rice,
        product_name=cast.rice.name,
        pack_label=cast.kilo.label,
        base_quantity=1_000,
        paid=14_500,
        bought_at=clock.now(),
        market="Pasar Percobaan",
        seen_on=clock.today(),
        per_quantity=1_000,
        price=13_000,
        photo="claims/percobaan.jpg",
        note="klaim percobaan",
        amount=1_500,
    )


def _sell_at_the_counter(cast: Cast) -> None:
    """Rice on somebody's bon, and a drawer that is open."""
    bon = open_bon(warung=cast.warung, name="Bu Percobaan", phone="", limit=100_000, by=cast.hasan.actor)
    open_day(warung=cast.warung, opening=0, by=cast.hasan.actor)
    record_sale(
        warung=cast.warung,
        key=uuid4(),
        lines=[SaleLine(cast.kilo.pk, 1, cast.rice_price.price)],
        tenders=Tenders(cash=4_500, bon=10_000),
        customer=bon,
        at=clock.now(),
        by=cast.hasan.actor,
    )


def _ask_for_a_kecamatan(region: Region) -> None:
    """Requests live in public, so nobody copies them: Lombok's carries the secret from the start."""
    name = f"Pemekaran {SECRET}" if region.name == "Lombok" else "Pemekaran"
    with on_platform():
        asking = Registration.objects.create(name=name, state=State.IN_REVIEW)
        CarveOut.objects.create(
            registration=asking,
            region=region,
            kecamatan_codes=["16.71.10"],
            name=name,
            institution=name,
            applicant_name=name,
            applicant_email="camat@example.test",
        )


def _ask_for_a_host(region: Region) -> None:
    """Claims of hosts live in public as well."""
    secret = SECRET if region.name == "Lombok" else "ours"
    with on_platform():
        # From the region to itself: no other may see it, and the move has both sides.
        WarungMove.objects.create(
            carve_out=CarveOut.objects.filter(region=region).latest("pk"), source=region, target=region, by=secret
        )
        DomainClaim.objects.create(
            region=region, host=f"{uuid4().hex}.example.test", proof=f"warsa-{secret}", by="user:test"
        )


def _ask_to_come_in(region: Region) -> None:
    """Support accesses live in public too."""
    secret = SECRET if region.name == "Lombok" else "contoh"
    with on_platform():
        who = User.objects.create_user(email=f"{uuid4().hex}@example.test", name=secret)
        SupportAccess.objects.create(region=region, operator=who, operator_name=secret, reason=secret, hours=2)


def _go_to_the_market(cast: Cast) -> None:
    """A stand with a pre-order that somebody is buying for, and another one for a later day."""
    place = open_stand(cast, suffix=cast.hasan.email.partition("@")[0].removeprefix("hasan"))
    place.order(note="pra-pesan percobaan")
    trip = place.started()
    place.buy(trip, place.fish, 1_000, 30_000, seller="Penjual percobaan")
    place.order(note="pra-pesan percobaan", day=place.day + timedelta(days=1))


def _serve_the_bank(cast: Cast) -> None:
    """Hasan's warung is an agent of the bank: a day with a transaction, a move that waits, a referral, a statement."""
    offer_service()
    suffix = cast.hasan.email.partition("@")[0].removeprefix("hasan")
    agent = agent_at(cast.warung, f"BNI46-1{suffix}")
    AgentDocument.objects.create(agent=agent, kind="identity", file="agents/percobaan.jpg", by=BY)
    open_agents_day(agent=agent, opening=Opening(1_000_000, 1_000_000), by=BY)
    record(agent, "setor_tunai", 100_000, ref=f"REF1{suffix}", note="setoran percobaan", customer_name="Ani percobaan")
    moved(agent, MoveKind.CASH_TO_SATKER, 10_000)
    submit_referral(agent=agent, key=uuid4(), name="Calon nasabah percobaan", phone="", note="rujukan percobaan", by=BY)
    lines = "Tanggal;Referensi;Jenis;Nominal\n24/11/2026;GONE1;setoran percobaan;5000\n"
    statement = take_in_statement(agent=agent, data=lines.encode(), name="mutasi percobaan.csv", by=BY)
    apply_statement(statement=statement, columns=statement.columns, by=BY)


def ids_of(cast: Cast) -> Ids:
    """The ids of what `build_cast` and `add_market_documents` made in the bound region, the newest of each."""
    from tenant_apps.accounts.models import Invitation
    from tenant_apps.orders.models import Purchase
    from tenant_apps.payments.models import Payment, PaymentIssue
    from tenant_apps.procurement.models import Cycle, GoodsReceipt, RestockRequest
    from tenant_apps.stock.models import StockCount, StockLot

    def invitation(role: Role) -> str:
        return str(Invitation.objects.filter(role=role).latest("pk").public_id)

    restock = RestockRequest.objects.filter(warung=cast.warung).latest("pk")
    trip = MarketTrip.objects.latest("pk")
    pickup = PickupRequest.objects.filter(unit__warung=cast.warung).latest("pk")
    waste = Deposit.objects.filter(unit__warung=cast.warung).latest("pk")
    agent = Agent.objects.get(warung=cast.warung)
    shown = invite(role=Role.ADMIN, name="Calon admin", by=BY).link
    return Ids(
        slug=cast.warung.slug,
        shelf=cast.rice.category.slug,
        warung=str(cast.warung.public_id),
        product=str(cast.rice.public_id),
        pack=str(cast.kilo.pk),
        person=str(cast.wati.public_id),
        order=Order.objects.filter(warung=cast.warung).latest("pk").number,
        restock=restock.number,
        cycle=Cycle.objects.latest("pk").number,
        pool=Pool.objects.latest("pk").number,
        supplier_order=SupplierOrder.objects.latest("pk").number,
        goods_cycle=Arrival.objects.latest("pk").purchase.cycle.number,
        bought_from=str(Arrival.objects.latest("pk").purchase.supplier.supplier),
        arrival=Arrival.objects.latest("pk").number,
        hand_over=HandOver.objects.filter(warung=cast.warung).latest("pk").number,
        own_payment=WarungPayment.objects.filter(warung=cast.warung).latest("pk").number,
        rejected=str(ArrivalLine.objects.filter(rejected__gt=0).latest("pk").public_id),
        receipt=GoodsReceipt.objects.latest("pk").number,
        token=shown.rstrip("/").rpartition("/")[2],
        office_invitation=invitation(Role.SATKER),
        owner_invitation=invitation(Role.OWNER),
        staff_invitation=invitation(Role.STAFF),
        village=VILLAGE,
        line=str(restock.lines.latest("pk").pk),
        carving=str(requests_to_us().latest("pk").public_id),
        warung_move=str(moves_of(current_region())[0].public_id),
        **_bill_of_region(),
        domain=str(claims_of(current_region())[-1].public_id),
        support=str(SupportAccess.objects.latest("pk").public_id),
        account=str(account_of_warung(cast.warung, "cash").public_id),
        purchase=Purchase.objects.filter(orders__warung=cast.warung).latest("pk").number,
        api_key=str(ApiToken.objects.latest("pk").public_id),
        payment=str(Payment.objects.filter(warung=cast.warung).latest("pk").public_id),
        payment_issue=str(PaymentIssue.objects.filter(warung=cast.warung).latest("pk").public_id),
        count=StockCount.objects.latest("pk").number,
        lot=str(StockLot.objects.latest("pk").public_id),
        place=str(Market.objects.latest("pk").public_id),
        table=str(ObservationImport.objects.latest("pk").public_id),
        ceiling=str(PriceCeiling.objects.latest("pk").public_id),
        receipt_link=share_receipt(order=Order.objects.filter(warung=cast.warung).latest("pk")),
        back=Return.objects.filter(order__warung=cast.warung).latest("pk").number,
        zone=str(cast.warung.zones.latest("pk").public_id),
        slot=str(cast.warung.slots.latest("pk").public_id),
        price_list=str(PriceList.objects.filter(warung=cast.warung).latest("pk").public_id),
        claim=str(PriceClaim.objects.filter(user=cast.ratna).latest("pk").public_id),
        sale=CounterSale.objects.filter(warung=cast.warung).latest("pk").number,
        bon=str(BonCustomer.objects.filter(warung=cast.warung).latest("pk").public_id),
        day=CashDay.objects.filter(warung=cast.warung).latest("pk").day.isoformat(),
        stand=str(trip.stand.public_id),
        stand_slug=trip.stand.slug,
        trip=trip.number,
        preorder=PreOrder.objects.filter(trip=trip).latest("pk").number,
        stall_purchase=str(StallPurchase.objects.filter(line__trip=trip).latest("pk").public_id),
        trip_line=str(trip.lines.latest("pk").pk),
        agent=agent.number,
        agent_paper=str(agent.documents.latest("pk").public_id),
        agent_day=agent.days.latest("pk").day.isoformat(),
        agent_transaction=agent.transactions.latest("pk").number,
        float_move=agent.float_moves.latest("pk").number,
        referral=agent.referrals.latest("pk").number,
        bank_statement=str(agent.statements.latest("pk").public_id),
        bank_exception=str(StatementException.objects.filter(statement__agent=agent).latest("pk").public_id),
        notice=str(Notice.objects.filter(user=cast.ratna).latest("pk").public_id),
        offer=str(Offer.objects.filter(article__sku="P-2").latest("pk").public_id),
        supplier=str(Adoption.objects.latest("pk").supplier),
        adoption=str(Adoption.objects.latest("pk").public_id),
        change=str(AdoptionChange.objects.latest("pk").public_id),
        passkey=str(Passkey.objects.filter(user=cast.ratna).latest("pk").public_id),
        waste_unit=str(waste.unit.public_id),
        waste_grade=str(waste.lines.get().grade_id),
        waste_type=str(waste.lines.get().grade.public_id),
        waste_member=waste.book.member.number,
        waste_card=waste.book.member.card,
        waste_book=str(waste.book.public_id),
        waste_slip=waste.number,
        waste_payout=Withdrawal.objects.filter(unit=waste.unit).latest("pk").number,
        waste_transfer=Transfer.objects.filter(sender=waste.unit).latest("pk").number,
        waste_pickup=pickup.number,
        waste_rule=str(pickup.unit.collection_rules.latest("pk").public_id),
        waste_day=pickup.day.isoformat(),
        waste_sale=WasteSale.objects.filter(unit=waste.unit).latest("pk").number,
    )


# Addresses that name nothing of a region's.
PLAIN = """

.well-known/assetlinks.json
akun/
akun/akses-api/
akun/kunci-sandi/
akun/kunci-sandi/mulai/
akun/kunci-sandi/simpan/
akun/kunci-sandi/tantangan/
akun/nomor/
akun/nomor/kirim/
akun/nomor/kode/
akun/saldo/
akun/saldo/cetak/
akun/saldo/unduh/
akun/sandi/
akun/surel/
akun/surel/kirim/
akun/surel/kode/
api/v1/
api/v1/balance/
api/v1/balance/statement/
api/v1/carts/
api/v1/categories/
api/v1/claims/
api/v1/claims/lines/
api/v1/favourites/products/
api/v1/favourites/warungs/
api/v1/me/
api/v1/me/place/
api/v1/news/
api/v1/news/read/
api/v1/news/unread/
api/v1/orders/
api/v1/products/
api/v1/purchases/
api/v1/region/
api/v1/savings/
api/v1/savings/orders/
api/v1/schema/
api/v1/search/
api/v1/toko/
api/v1/warungs/
areas/
bahasa/
cari/
daftar/
favorit/
healthz
hemat/
kabar/
kabar/dibaca/
kabar/lonceng/
keluar/
keranjang/
keranjang/bayar/
klaim/
klaim/baru/
lupa-sandi/
lupa-sandi/baru/
lupa-sandi/kode/
luring/
manifest.webmanifest
masuk/
pembayaran/midtrans/
pesanan/
pra-pesan/
satker/
satker/agen/
satker/agen/aturan/
satker/agen/rujukan/
satker/agen/saldo/
satker/buku/
satker/buku/unduh/
satker/harga-grosir/
satker/harga-pasar/
satker/harga-pasar/catat/
satker/harga/het/
satker/harga/laba/
satker/harga/periksa/
satker/hemat/
satker/hemat/unduh/
satker/jaminan/
satker/klaim/
satker/pasar/
satker/pasar/belanja/
satker/pasar/belanja/barang/
satker/pasar/belanja/susut/
satker/pasar/belanja/susut/unduh/
satker/pasar/belanja/tutup/
satker/pasar/catatan/
satker/pasar/catatan/tarik/
satker/pasar/tabel/
satker/pembayaran/
satker/pembayaran/penyedia/
satker/pemasok/
satker/pemasok/dibeli/
satker/pemasok/perubahan/
satker/pemasok/perubahan/cari/
satker/pemasok/perubahan/jawab/
satker/penerimaan/
satker/penerimaan/baru/
satker/piutang/
satker/utang/
satker/restok/
satker/restok/kebutuhan/
satker/stok/
satker/wawasan/
satker/wawasan/harga/
satker/wawasan/hemat/
satker/wawasan/mengendap/
satker/wawasan/pemasok/
sidik/
sw.js
tempat/
toko/
toko/agen/
toko/agen/batas/
toko/agen/berkas/
toko/agen/catat/
toko/agen/daftar/
toko/agen/hari/
toko/agen/hari/buka/
toko/agen/hari/hitung-ulang/
toko/agen/hari/hitung/
toko/agen/hari/riwayat/
toko/agen/hari/tutup/
toko/agen/komisi/
toko/agen/komisi/unduh/
toko/agen/rekening-koran/
toko/agen/rujukan/
toko/agen/saldo/
toko/agen/transaksi/
toko/antar/
toko/antar/batas/
toko/antar/minimum/
toko/antar/waktu/
toko/antar/wilayah/
toko/belanja-pasar/
toko/bon/
toko/bon/baru/
toko/buka/
toko/buku/
toko/grafik/
toko/grafik/unduh/
toko/harga/
toko/harga/jadwal/
toko/harga/periksa/
toko/harga/usulan/
toko/istirahat/
toko/jam/
toko/kasir/
toko/kasir/barang.json
toko/kasir/kirim/
toko/kasir/penjualan/
toko/kasir/qris.svg
toko/kasir/tabungan/
toko/kasir/token.json
toko/pegawai/undang/
toko/pembayaran/
toko/pesanan/
toko/pilih/
toko/profil/
toko/profil/letak/
toko/qris/
toko/restok/
toko/restok/baru/
toko/retur/
toko/stok/
toko/stok/hitung/
toko/stok/hitung/mulai/
toko/stok/kedaluwarsa/
toko/tutup/
toko/tutup/buka/
toko/tutup/hari/
toko/tutup/hitung-ulang/
toko/tutup/hitung/
toko/tutup/kas/
toko/tutup/selesai/
toko/tutup/setor/
warung/
wilayah/
wilayah/aturan-harga/
dukungan/keluar/
dukungan/selesai/
wilayah/dukungan/
wilayah/cadangan/
wilayah/catatan/
wilayah/domain/
wilayah/domain/tambah/
wilayah/domain/utama/
wilayah/harga/
wilayah/katalog/
wilayah/katalog/baru/
wilayah/katalog/rak/
wilayah/katalog/unduh/
wilayah/langganan/
wilayah/langganan/akhiri/
wilayah/langganan/kartu/
wilayah/langganan/kembali/
wilayah/langganan/lanjutkan/
wilayah/langganan/lepas-sponsor/
wilayah/langganan/paket/
wilayah/langganan/penawaran/
wilayah/langganan/penawaran/pdf/
wilayah/langganan/penawaran/pesan/
wilayah/langganan/penawaran/tarik/
wilayah/langganan/portal/
wilayah/langganan/tagihan/
wilayah/layanan/
wilayah/orang/
wilayah/orang/undang/
wilayah/orang/undangan/
wilayah/pemekaran/
wilayah/rt-rw/
wilayah/retur/
wilayah/satker/
wilayah/teks/
wilayah/warung/
wilayah/warung/baru/
"""

# The others: each placeholder with the names of the ids (of `Ids`) that go there, or words of the address itself.
NAMED: dict[str, dict[str, tuple[str, ...]]] = {
    "akun/akses-api/<uuid:public_id>/cabut/": {"public_id": ("api_key",)},
    "akun/kunci-sandi/<uuid:public_id>/hapus/": {"public_id": ("passkey",)},
    "api/v1/<anything:rest>": {"rest": ("=nothing",)},
    "api/v1/waste/books/": {},
    "api/v1/waste/books/<uuid:book>/slips/": {"book": ("waste_book",)},
    "api/v1/waste/books/<uuid:book>/payouts/": {"book": ("waste_book",)},
    "api/v1/carts/<slug:slug>/": {"slug": ("slug",)},
    "api/v1/claims/<uuid:claim>/": {"claim": ("claim",)},
    "api/v1/claims/<uuid:claim>/withdraw/": {"claim": ("claim",)},
    "api/v1/favourites/products/<uuid:product>/": {"product": ("product",)},
    "api/v1/favourites/warungs/<slug:slug>/": {"slug": ("slug",)},
    "api/v1/news/<uuid:notice>/read/": {"notice": ("notice",)},
    "api/v1/orders/<api_number:number>/": {"number": ("order",)},
    "api/v1/orders/<api_number:number>/again/": {"number": ("order",)},
    "api/v1/orders/<api_number:number>/cancel/": {"number": ("order",)},
    "api/v1/orders/<api_number:number>/payment/": {"number": ("order",)},
    "api/v1/orders/<api_number:number>/returnable/": {"number": ("order",)},
    "api/v1/orders/<api_number:number>/returns/": {"number": ("order",)},
    "api/v1/orders/<api_number:number>/share/": {"number": ("order",)},
    "api/v1/products/<uuid:product>/history/": {"product": ("product",)},
    "api/v1/receipts/<str:token>/": {"token": ("receipt_link",)},
    "api/v1/savings/orders/<api_number:number>/": {"number": ("order",)},
    "api/v1/warungs/<slug:slug>/ways/": {"slug": ("slug",)},
    "api/v1/purchases/<api_number:number>/": {"number": ("purchase",)},
    "belanja/<order_number:number>/": {"number": ("purchase",)},
    "api/v1/products/<uuid:product>/": {"product": ("product",)},
    "api/v1/products/<uuid:product>/prices/": {"product": ("product",)},
    "api/v1/toko/<uuid:warung>/orders/<api_number:number>/stand-ins/": {"warung": ("warung",), "number": ("order",)},
    "api/v1/toko/<uuid:warung>/orders/<api_number:number>/replace/": {"warung": ("warung",), "number": ("order",)},
    "api/v1/toko/<uuid:warung>/payments/past/": {"warung": ("warung",)},
    "api/v1/toko/<uuid:warung>/payments/issues/": {"warung": ("warung",)},
    "api/v1/toko/<uuid:warung>/payments/issues/<uuid:issue>/": {"warung": ("warung",), "issue": ("payment_issue",)},
    "api/v1/toko/<uuid:warung>/qris/": {"warung": ("warung",)},
    "api/v1/toko/<uuid:warung>/delivery/": {"warung": ("warung",)},
    "api/v1/toko/<uuid:warung>/delivery/minimum/": {"warung": ("warung",)},
    "api/v1/toko/<uuid:warung>/delivery/zones/": {"warung": ("warung",)},
    "api/v1/toko/<uuid:warung>/delivery/zones/<uuid:zone>/": {"warung": ("warung",), "zone": ("zone",)},
    "api/v1/toko/<uuid:warung>/delivery/slots/": {"warung": ("warung",)},
    "api/v1/toko/<uuid:warung>/delivery/slots/<uuid:slot>/": {"warung": ("warung",), "slot": ("slot",)},
    "api/v1/toko/<uuid:warung>/delivery/terms/": {"warung": ("warung",)},
    "api/v1/toko/<uuid:warung>/drawer/": {"warung": ("warung",)},
    "api/v1/toko/<uuid:warung>/drawer/open/": {"warung": ("warung",)},
    "api/v1/toko/<uuid:warung>/drawer/count/": {"warung": ("warung",)},
    "api/v1/toko/<uuid:warung>/drawer/recount/": {"warung": ("warung",)},
    "api/v1/toko/<uuid:warung>/drawer/close/": {"warung": ("warung",)},
    "api/v1/toko/<uuid:warung>/drawer/moves/": {"warung": ("warung",)},
    "api/v1/toko/<uuid:warung>/drawer/deposit/": {"warung": ("warung",)},
    "api/v1/toko/<uuid:warung>/drawer/days/": {"warung": ("warung",)},
    "api/v1/toko/<uuid:warung>/drawer/days/<slug:day>/": {"warung": ("warung",), "day": ("day",)},
    "api/v1/toko/<uuid:warung>/bons/": {"warung": ("warung",)},
    "api/v1/toko/<uuid:warung>/bons/<uuid:bon>/": {"warung": ("warung",), "bon": ("bon",)},
    "api/v1/toko/<uuid:warung>/bons/<uuid:bon>/statement/": {"warung": ("warung",), "bon": ("bon",)},
    "api/v1/toko/<uuid:warung>/bons/<uuid:bon>/pay/": {"warung": ("warung",), "bon": ("bon",)},
    "api/v1/toko/<uuid:warung>/bons/<uuid:bon>/write-off/": {"warung": ("warung",), "bon": ("bon",)},
    "api/v1/toko/<uuid:warung>/bons/<uuid:bon>/close/": {"warung": ("warung",), "bon": ("bon",)},
    "api/v1/toko/<uuid:warung>/bons/<uuid:bon>/reopen/": {"warung": ("warung",), "bon": ("bon",)},
    "api/v1/toko/<uuid:warung>/books/": {"warung": ("warung",)},
    "api/v1/toko/<uuid:warung>/books/<uuid:account>/": {"warung": ("warung",), "account": ("account",)},
    "api/v1/toko/<uuid:warung>/sales/<api_number:number>/": {"warung": ("warung",), "number": ("sale",)},
    "api/v1/toko/<uuid:warung>/sales/<api_number:number>/void/": {"warung": ("warung",), "number": ("sale",)},
    "api/v1/toko/<uuid:warung>/sales/<api_number:number>/review/": {"warung": ("warung",), "number": ("sale",)},
    "api/v1/toko/<uuid:warung>/stock/<uuid:product>/": {"warung": ("warung",), "product": ("product",)},
    "api/v1/toko/<uuid:warung>/stock/<uuid:product>/mark/": {"warung": ("warung",), "product": ("product",)},
    "api/v1/toko/<uuid:warung>/stock/<uuid:product>/arrive/": {"warung": ("warung",), "product": ("product",)},
    "api/v1/toko/<uuid:warung>/stock/<uuid:product>/open-pack/": {"warung": ("warung",), "product": ("product",)},
    "api/v1/toko/<uuid:warung>/stock/<uuid:product>/seal/": {"warung": ("warung",), "product": ("product",)},
    "api/v1/toko/<uuid:warung>/lots/": {"warung": ("warung",)},
    "api/v1/toko/<uuid:warung>/lots/<uuid:lot>/discard/": {"warung": ("warung",), "lot": ("lot",)},
    "api/v1/toko/<uuid:warung>/counts/": {"warung": ("warung",)},
    "api/v1/toko/<uuid:warung>/counts/<api_number:number>/": {"warung": ("warung",), "number": ("count",)},
    "api/v1/toko/<uuid:warung>/counts/<api_number:number>/lines/": {"warung": ("warung",), "number": ("count",)},
    "api/v1/toko/<uuid:warung>/counts/<api_number:number>/lines/<uuid:product>/": {
        "warung": ("warung",),
        "number": ("count",),
        "product": ("product",),
    },
    "api/v1/toko/<uuid:warung>/counts/<api_number:number>/apply/": {"warung": ("warung",), "number": ("count",)},
    "api/v1/toko/<uuid:warung>/counts/<api_number:number>/drop/": {"warung": ("warung",), "number": ("count",)},
    "api/v1/toko/<uuid:warung>/hours/": {"warung": ("warung",)},
    "api/v1/toko/<uuid:warung>/open/": {"warung": ("warung",)},
    "api/v1/toko/<uuid:warung>/orders/": {"warung": ("warung",)},
    "api/v1/toko/<uuid:warung>/orders/<api_number:number>/": {"warung": ("warung",), "number": ("order",)},
    "api/v1/toko/<uuid:warung>/orders/<api_number:number>/accept/": {"warung": ("warung",), "number": ("order",)},
    "api/v1/toko/<uuid:warung>/orders/<api_number:number>/call-off/": {"warung": ("warung",), "number": ("order",)},
    "api/v1/toko/<uuid:warung>/orders/<api_number:number>/hand-over/": {"warung": ("warung",), "number": ("order",)},
    "api/v1/toko/<uuid:warung>/orders/<api_number:number>/pack/": {"warung": ("warung",), "number": ("order",)},
    "api/v1/toko/<uuid:warung>/orders/<api_number:number>/reject/": {"warung": ("warung",), "number": ("order",)},
    "api/v1/toko/<uuid:warung>/pause/": {"warung": ("warung",)},
    "api/v1/toko/<uuid:warung>/payments/": {"warung": ("warung",)},
    "api/v1/toko/<uuid:warung>/payments/<uuid:payment>/confirm/": {"warung": ("warung",), "payment": ("payment",)},
    "api/v1/toko/<uuid:warung>/payments/<uuid:payment>/deny/": {"warung": ("warung",), "payment": ("payment",)},
    "api/v1/toko/<uuid:warung>/returns/": {"warung": ("warung",)},
    "api/v1/toko/<uuid:warung>/returns/<api_number:number>/accept/": {"warung": ("warung",), "number": ("back",)},
    "api/v1/toko/<uuid:warung>/returns/<api_number:number>/refuse/": {"warung": ("warung",), "number": ("back",)},
    "api/v1/toko/<uuid:warung>/sales/": {"warung": ("warung",)},
    "api/v1/toko/<uuid:warung>/prices/": {"warung": ("warung",)},
    "api/v1/toko/<uuid:warung>/prices/withdraw/": {"warung": ("warung",)},
    "api/v1/toko/<uuid:warung>/restocks/": {"warung": ("warung",)},
    "api/v1/toko/<uuid:warung>/restocks/<api_number:number>/": {"warung": ("warung",), "number": ("restock",)},
    "api/v1/toko/<uuid:warung>/restocks/<api_number:number>/cancel/": {"warung": ("warung",), "number": ("restock",)},
    "api/v1/toko/<uuid:warung>/restocks/<api_number:number>/receive/": {"warung": ("warung",), "number": ("restock",)},
    "api/v1/toko/<uuid:warung>/stock/": {"warung": ("warung",)},
    "api/v1/toko/<uuid:warung>/stock/<uuid:product>/count/": {"warung": ("warung",), "product": ("product",)},
    "api/v1/toko/<uuid:warung>/stock/<uuid:product>/movements/": {"warung": ("warung",), "product": ("product",)},
    "api/v1/toko/<uuid:warung>/wholesale/": {"warung": ("warung",)},
    "api/v1/warungs/<slug:slug>/": {"slug": ("slug",)},
    "api/v1/warungs/<slug:slug>/goods/": {"slug": ("slug",)},
    "bayar/<uuid:public_id>/": {"public_id": ("payment",)},
    "bayar/<uuid:public_id>/kode.png": {"public_id": ("payment",)},
    "bayar/<uuid:public_id>/sudah/": {"public_id": ("payment",)},
    "foto/<uuid:public_id>/<int:size>/<slug:version>": {
        "public_id": ("product",),
        "size": ("=320",),
        "version": ("=0123456789abcdef",),
    },
    "ikon/<str:name>": {"name": ("=ikon-192.png",)},
    "kabar/<uuid:public_id>/": {"public_id": ("notice",)},
    "keranjang/<slug:slug>/": {"slug": ("slug",)},
    "keranjang/<slug:slug>/bayar/": {"slug": ("slug",)},
    "harga/<uuid:public_id>/": {"public_id": ("product",)},
    "klaim/<uuid:public_id>/": {"public_id": ("claim",)},
    "klaim/<uuid:public_id>/foto/": {"public_id": ("claim",)},
    "klaim/<uuid:public_id>/tarik/": {"public_id": ("claim",)},
    "pesanan/<order_number:number>/": {"number": ("order",)},
    "pesanan/<order_number:number>/batal/": {"number": ("order",)},
    "pesanan/<order_number:number>/lagi/": {"number": ("order",)},
    "pesanan/<order_number:number>/nota/": {"number": ("order",)},
    "satker/agen/<agent_number:number>/": {"number": ("agent",)},
    "satker/agen/<agent_number:number>/<slug:verb>/": {
        "number": ("agent",),
        "verb": ("=setujui", "=tolak", "=bekukan", "=lanjut", "=akhiri"),
    },
    "satker/agen/<agent_number:number>/hari/<slug:day>/": {"number": ("agent",), "day": ("agent_day",)},
    "satker/agen/<agent_number:number>/hari/<slug:day>/<slug:verb>/": {
        "number": ("agent",),
        "day": ("agent_day",),
        "verb": ("=setujui", "=kembalikan"),
    },
    "satker/agen/aturan/<slug:what>/": {"what": ("=mulai", "=jenis", "=batas", "=toleransi")},
    "satker/agen/aturan/jenis/<slug:code>/": {"code": ("=setor_tunai",)},
    "satker/agen/berkas/<uuid:public_id>/": {"public_id": ("agent_paper",)},
    "satker/agen/rujukan/<agent_number:number>/<slug:verb>/": {
        "number": ("referral",),
        "verb": ("=setujui", "=aktif", "=tolak"),
    },
    "satker/agen/saldo/<agent_number:number>/<slug:verb>/": {
        "number": ("float_move",),
        "verb": ("=terima", "=tolak"),
    },
    "satker/agen/saldo/<agent_number:number>/bukti/": {"number": ("float_move",)},
    "toko/agen/berkas/<uuid:public_id>/": {"public_id": ("agent_paper",)},
    "toko/agen/catat/<slug:code>/": {"code": ("=setor_tunai",)},
    "toko/agen/hari/riwayat/<slug:day>/": {"day": ("agent_day",)},
    "toko/agen/rekening-koran/<uuid:public_id>/": {"public_id": ("bank_statement",)},
    "toko/agen/rekening-koran/<uuid:public_id>/buang/": {"public_id": ("bank_statement",)},
    "toko/agen/rekening-koran/<uuid:public_id>/cocokkan/": {"public_id": ("bank_statement",)},
    "toko/agen/rekening-koran/beda/<uuid:public_id>/": {"public_id": ("bank_exception",)},
    "toko/agen/rekening-koran/beda/<uuid:public_id>/<slug:verb>/": {
        "public_id": ("bank_exception",),
        "verb": ("=catat", "=masukkan", "=balik", "=buka"),
    },
    "toko/agen/rujukan/<agent_number:number>/batal/": {"number": ("referral",)},
    "toko/agen/saldo/<agent_number:number>/bukti/": {"number": ("float_move",)},
    "toko/agen/saldo/<agent_number:number>/tarik/": {"number": ("float_move",)},
    "toko/agen/transaksi/<agent_number:number>/": {"number": ("agent_transaction",)},
    "toko/agen/transaksi/<agent_number:number>/balik/": {"number": ("agent_transaction",)},
    "satker/buku/<uuid:public_id>/": {"public_id": ("account",)},
    "satker/buku/<uuid:public_id>/cetak/": {"public_id": ("account",)},
    "satker/buku/<uuid:public_id>/unduh/": {"public_id": ("account",)},
    "satker/harga-pasar/<uuid:public_id>/": {"public_id": ("product",)},
    "satker/klaim/<uuid:public_id>/": {"public_id": ("claim",)},
    "satker/pembayaran/masalah/<uuid:public_id>/": {"public_id": ("payment_issue",)},
    "satker/harga/het/<uuid:public_id>/akhiri/": {"public_id": ("ceiling",)},
    "satker/pasar/<uuid:public_id>/": {"public_id": ("place",)},
    "satker/pasar/foto/<uuid:public_id>/": {"public_id": ("place",)},
    "satker/pasar/tabel/<uuid:public_id>/": {"public_id": ("table",)},
    "satker/pemasok/<uuid:public_id>/": {"public_id": ("supplier",)},
    "satker/pemasok/dibeli/<uuid:public_id>/": {"public_id": ("adoption",)},
    "satker/pemasok/dibeli/<uuid:public_id>/<slug:verb>/": {
        "public_id": ("adoption",),
        "verb": ("=jeda", "=lanjut", "=akhiri"),
    },
    "satker/pemasok/penawaran/<uuid:public_id>/": {"public_id": ("offer",)},
    "satker/pemasok/penawaran/<uuid:public_id>/ambil/": {"public_id": ("offer",)},
    "satker/pemasok/penawaran/<uuid:public_id>/barang-baru/": {"public_id": ("offer",)},
    "satker/pemasok/perubahan/<uuid:public_id>/": {"public_id": ("change",)},
    "pra-pesan/<slug:slug>/": {"slug": ("stand_slug",)},
    "pra-pesan/nota/<fresh_number:number>/": {"number": ("preorder",)},
    "pra-pesan/nota/<fresh_number:number>/batal/": {"number": ("preorder",)},
    "satker/pasar/pesanan/<fresh_number:number>/": {"number": ("preorder",)},
    "satker/pasar/pesanan/<fresh_number:number>/batal/": {"number": ("preorder",)},
    "satker/pasar/nota/<uuid:public_id>/": {"public_id": ("stall_purchase",)},
    "tabungan/": {},
    "tabungan/buka/": {},
    "tabungan/hubungkan/": {},
    "tabungan/kartu/": {},
    "tabungan/pin/": {},
    "tabungan/jemput/": {},
    "tabungan/jemput/<waste_number:number>/batal/": {"number": ("waste_pickup",)},
    "tabungan/foto/<int:size>/<slug:version>": {"size": ("=128",), "version": ("=0123456789abcdef",)},
    "tabungan/harga/": {},
    "sampah/": {},
    "satker/bank-sampah/": {},
    "satker/bank-sampah/mulai/": {},
    "satker/bank-sampah/jenis/": {},
    "satker/bank-sampah/jenis/baru/": {},
    "satker/bank-sampah/unit/baru/": {},
    "satker/bank-sampah/ketentuan/": {},
    "satker/bank-sampah/laporan/": {},
    "satker/bank-sampah/laporan/unduh/": {},
    "akun/data/": {},
    "akun/data/salinan/": {},
    "akun/data/hapus/": {},
    "data-dihapus/": {},
    "wilayah/penghapusan/": {},
    "tabungan/setuju/": {},
    "satker/bank-sampah/pengepul/": {},
    "tabungan/kartu/<slug:card>/": {"card": ("waste_card",)},
    "tabungan/slip/<waste_number:number>/": {"number": ("waste_slip",)},
    "tabungan/penarikan/<waste_number:number>/batal/": {"number": ("waste_payout",)},
    "tabungan/<uuid:public_id>/": {"public_id": ("waste_book",)},
    "tabungan/<uuid:public_id>/cetak/": {"public_id": ("waste_book",)},
    "tabungan/<uuid:public_id>/unduh/": {"public_id": ("waste_book",)},
    "tabungan/<uuid:public_id>/setoran/": {"public_id": ("waste_book",)},
    "tabungan/<uuid:public_id>/tarik/": {"public_id": ("waste_book",)},
    "sampah/<uuid:unit>/": {"unit": ("waste_unit",)},
    "sampah/<uuid:unit>/timbang/<waste_number:number>/": {"unit": ("waste_unit",), "number": ("waste_member",)},
    "sampah/<uuid:unit>/slip/<waste_number:number>/": {"unit": ("waste_unit",), "number": ("waste_slip",)},
    "sampah/<uuid:unit>/slip/<waste_number:number>/batal/": {"unit": ("waste_unit",), "number": ("waste_slip",)},
    "sampah/<uuid:unit>/nasabah/": {"unit": ("waste_unit",)},
    "sampah/<uuid:unit>/nasabah/baru/": {"unit": ("waste_unit",)},
    "sampah/<uuid:unit>/nasabah/<waste_number:number>/jemput/": {
        "unit": ("waste_unit",),
        "number": ("waste_member",),
    },
    "sampah/<uuid:unit>/jemput/": {"unit": ("waste_unit",)},
    "sampah/<uuid:unit>/jemput/hari/": {"unit": ("waste_unit",)},
    "sampah/<uuid:unit>/jemput/hari/<uuid:rule>/akhir/": {"unit": ("waste_unit",), "rule": ("waste_rule",)},
    "sampah/<uuid:unit>/jemput/libur/": {"unit": ("waste_unit",)},
    "sampah/<uuid:unit>/jemput/titik/<waste_number:number>/": {"unit": ("waste_unit",), "number": ("waste_pickup",)},
    "sampah/<uuid:unit>/jemput/<waste_day:day>/": {"unit": ("waste_unit",), "day": ("waste_day",)},
    "sampah/<uuid:unit>/penarikan/": {"unit": ("waste_unit",)},
    "sampah/<uuid:unit>/gudang/": {"unit": ("waste_unit",)},
    "sampah/<uuid:unit>/gudang/kirim/": {"unit": ("waste_unit",)},
    "sampah/<uuid:unit>/jual/": {"unit": ("waste_unit",)},
    "sampah/<uuid:unit>/penjualan/": {"unit": ("waste_unit",)},
    "sampah/<uuid:unit>/nasabah/<waste_number:number>/": {"unit": ("waste_unit",), "number": ("waste_member",)},
    "sampah/<uuid:unit>/nasabah/<waste_number:number>/ubah/": {"unit": ("waste_unit",), "number": ("waste_member",)},
    "sampah/<uuid:unit>/nasabah/<waste_number:number>/nomor/": {"unit": ("waste_unit",), "number": ("waste_member",)},
    "sampah/<uuid:unit>/nasabah/<waste_number:number>/setuju/": {
        "unit": ("waste_unit",),
        "number": ("waste_member",),
    },
    "sampah/<uuid:unit>/nasabah/<waste_number:number>/hapus/": {"unit": ("waste_unit",), "number": ("waste_member",)},
    "sampah/<uuid:unit>/nasabah/<waste_number:number>/buku/": {"unit": ("waste_unit",), "number": ("waste_member",)},
    "sampah/<uuid:unit>/nasabah/<waste_number:number>/tarik/": {"unit": ("waste_unit",), "number": ("waste_member",)},
    "sampah/<uuid:unit>/nasabah/<waste_number:number>/kartu/": {"unit": ("waste_unit",), "number": ("waste_member",)},
    "sampah/<uuid:unit>/nasabah/<waste_number:number>/kartu/baru/": {
        "unit": ("waste_unit",),
        "number": ("waste_member",),
    },
    "sampah/<uuid:unit>/nasabah/<waste_number:number>/pin/": {"unit": ("waste_unit",), "number": ("waste_member",)},
    "sampah/<uuid:unit>/nasabah/<waste_number:number>/tutup/": {"unit": ("waste_unit",), "number": ("waste_member",)},
    "sampah/<uuid:unit>/penarikan/<waste_number:number>/": {"unit": ("waste_unit",), "number": ("waste_payout",)},
    "sampah/<uuid:unit>/penarikan/<waste_number:number>/bayar/": {"unit": ("waste_unit",), "number": ("waste_payout",)},
    "sampah/<uuid:unit>/penarikan/<waste_number:number>/tolak/": {"unit": ("waste_unit",), "number": ("waste_payout",)},
    "sampah/<uuid:unit>/gudang/kiriman/<waste_number:number>/": {
        "unit": ("waste_unit",),
        "number": ("waste_transfer",),
    },
    "sampah/<uuid:unit>/gudang/jenis/<uuid:grade>/": {"unit": ("waste_unit",), "grade": ("waste_type",)},
    "sampah/<uuid:unit>/penjualan/<waste_number:number>/": {"unit": ("waste_unit",), "number": ("waste_sale",)},
    "sampah/<uuid:unit>/penjualan/<waste_number:number>/batal/": {"unit": ("waste_unit",), "number": ("waste_sale",)},
    "sampah/<uuid:unit>/penjualan/<waste_number:number>/lunas/": {"unit": ("waste_unit",), "number": ("waste_sale",)},
    "satker/bank-sampah/jenis/<uuid:grade>/": {"grade": ("waste_type",)},
    "satker/bank-sampah/jenis/<uuid:grade>/foto/": {"grade": ("waste_type",)},
    "satker/bank-sampah/unit/<uuid:public_id>/": {"public_id": ("waste_unit",)},
    "satker/bank-sampah/unit/<uuid:public_id>/kas/": {"public_id": ("waste_unit",)},
    "satker/bank-sampah/unit/<uuid:public_id>/pengurus/": {"public_id": ("waste_unit",)},
    "satker/pasar/<fresh_number:number>/": {"number": ("trip",)},
    "satker/pasar/<fresh_number:number>/mulai/": {"number": ("trip",)},
    "satker/pasar/<fresh_number:number>/uang/": {"number": ("trip",)},
    "satker/pasar/<fresh_number:number>/timbang/": {"number": ("trip",)},
    "satker/pasar/<fresh_number:number>/susut/": {"number": ("trip",)},
    "satker/pasar/<fresh_number:number>/bagi/": {"number": ("trip",)},
    "satker/pasar/<fresh_number:number>/daftar/": {"number": ("trip",)},
    "satker/pasar/<fresh_number:number>/selesai/": {"number": ("trip",)},
    "satker/pasar/<fresh_number:number>/batal/": {"number": ("trip",)},
    "satker/pasar/<fresh_number:number>/belanja/": {"number": ("trip",)},
    "satker/pasar/<fresh_number:number>/belanja/catat/": {"number": ("trip",)},
    "satker/pasar/<fresh_number:number>/belanja/hapus/": {"number": ("trip",)},
    "satker/pasar/<fresh_number:number>/belanja/kosong/": {"number": ("trip",)},
    "satker/pasar/<fresh_number:number>/belanja/angkut/": {"number": ("trip",)},
    "satker/penerimaan/<document_number:number>/": {"number": ("receipt",)},
    "satker/patungan/": {},
    "satker/patungan/baru/": {},
    "satker/patungan/<document_number:number>/": {"number": ("pool",)},
    "satker/patungan/<document_number:number>/batalkan/": {"number": ("pool",)},
    "satker/patungan/<document_number:number>/ikut/": {"number": ("pool",)},
    "satker/patungan/<document_number:number>/keluar/": {"number": ("pool",)},
    "satker/patungan/<document_number:number>/tutup/": {"number": ("pool",)},
    "satker/patungan/<document_number:number>/undang/": {"number": ("pool",)},
    "satker/putaran/": {},
    "satker/putaran/baru/": {},
    "satker/putaran/<document_number:number>/": {"number": ("cycle",)},
    "satker/putaran/<document_number:number>/batalkan/": {"number": ("cycle",)},
    "satker/putaran/<document_number:number>/buka/": {"number": ("cycle",)},
    "satker/putaran/<document_number:number>/perpanjang/": {"number": ("cycle",)},
    "satker/putaran/<document_number:number>/pesan/": {"number": ("cycle",)},
    "satker/putaran/<document_number:number>/pesanan/": {"number": ("cycle",)},
    "satker/putaran/<document_number:number>/stok/": {"number": ("cycle",)},
    "satker/putaran/<document_number:number>/susun/": {"number": ("cycle",)},
    "satker/putaran/<document_number:number>/tutup/": {"number": ("cycle",)},
    "satker/putaran/<document_number:number>/ubah/": {"number": ("cycle",)},
    "satker/pesanan-pemasok/": {},
    "satker/pesanan-pemasok/<document_number:number>/": {"number": ("supplier_order",)},
    "satker/pesanan-pemasok/<document_number:number>/batalkan/": {"number": ("supplier_order",)},
    "satker/pesanan-pemasok/<document_number:number>/terima/": {"number": ("supplier_order",)},
    "satker/putaran/<document_number:number>/penerimaan/": {"number": ("goods_cycle",)},
    "satker/putaran/<document_number:number>/penerimaan/bukti/<document_number:arrival>/": {
        "number": ("goods_cycle",),
        "arrival": ("arrival",),
    },
    "satker/putaran/<document_number:number>/penerimaan/bukti/<document_number:arrival>/batal/": {
        "number": ("goods_cycle",),
        "arrival": ("arrival",),
    },
    "satker/putaran/<document_number:number>/penerimaan/bukti/<document_number:arrival>/pdf/": {
        "number": ("goods_cycle",),
        "arrival": ("arrival",),
    },
    "satker/putaran/<document_number:number>/penerimaan/foto/<uuid:public_id>/": {
        "number": ("goods_cycle",),
        "public_id": ("rejected",),
    },
    "satker/putaran/<document_number:number>/penerimaan/lanjut/": {"number": ("goods_cycle",)},
    "satker/putaran/<document_number:number>/penerimaan/<uuid:supplier>/": {
        "number": ("goods_cycle",),
        "supplier": ("bought_from",),
    },
    "satker/putaran/<document_number:number>/penerimaan/<uuid:supplier>/retur/": {
        "number": ("goods_cycle",),
        "supplier": ("bought_from",),
    },
    "satker/putaran/<document_number:number>/penerimaan/<uuid:supplier>/tutup/": {
        "number": ("goods_cycle",),
        "supplier": ("bought_from",),
    },
    "satker/putaran/<document_number:number>/pembagian/": {"number": ("goods_cycle",)},
    "satker/putaran/<document_number:number>/pembagian/ambil/": {"number": ("goods_cycle",)},
    "satker/putaran/<document_number:number>/pembagian/muat/": {"number": ("goods_cycle",)},
    "satker/putaran/<document_number:number>/pembagian/rute/": {"number": ("goods_cycle",)},
    "satker/putaran/<document_number:number>/pembagian/<document_number:document>/": {
        "number": ("goods_cycle",),
        "document": ("hand_over",),
    },
    "satker/putaran/<document_number:number>/pembagian/<document_number:document>/lagi/": {
        "number": ("goods_cycle",),
        "document": ("hand_over",),
    },
    "satker/putaran/<document_number:number>/pembagian/<document_number:document>/muat/": {
        "number": ("goods_cycle",),
        "document": ("hand_over",),
    },
    "satker/putaran/<document_number:number>/pembagian/<document_number:document>/surat/<slug:kind>/": {
        "number": ("goods_cycle",),
        "document": ("hand_over",),
        "kind": ("=surat-jalan", "=berita-acara", "=faktur"),
    },
    "satker/putaran/<document_number:number>/pembagian/<document_number:document>/tidak-ada/": {
        "number": ("goods_cycle",),
        "document": ("hand_over",),
    },
    "satker/putaran/<document_number:number>/faktur/": {"number": ("goods_cycle",)},
    # Invoices lie in the exchange, whose rows nobody copies; its own tests try them.
    "satker/putaran/<document_number:number>/faktur/<uuid:public_id>/": {
        "number": ("goods_cycle",),
        "public_id": ("rejected",),
    },
    "satker/putaran/<document_number:number>/faktur/<uuid:public_id>/bayar/": {
        "number": ("goods_cycle",),
        "public_id": ("rejected",),
    },
    "satker/putaran/<document_number:number>/faktur/<uuid:public_id>/cocok/": {
        "number": ("goods_cycle",),
        "public_id": ("rejected",),
    },
    "satker/putaran/<document_number:number>/faktur/<uuid:public_id>/sanggah/": {
        "number": ("goods_cycle",),
        "public_id": ("rejected",),
    },
    "satker/putaran/<document_number:number>/rekap/": {"number": ("goods_cycle",)},
    "satker/putaran/<document_number:number>/rekap/selesai/": {"number": ("goods_cycle",)},
    "satker/putaran/<document_number:number>/rekap/<uuid:public_id>/": {
        "number": ("goods_cycle",),
        "public_id": ("warung",),
    },
    "satker/piutang/kwitansi/<document_number:payment>/": {"payment": ("own_payment",)},
    "satker/piutang/<uuid:public_id>/": {"public_id": ("warung",)},
    "satker/restok/<document_number:number>/": {"number": ("restock",)},
    "satker/restok/<document_number:number>/batalkan/": {"number": ("restock",)},
    "satker/restok/<document_number:number>/kirim/": {"number": ("restock",)},
    "satker/restok/<document_number:number>/setujui/": {"number": ("restock",)},
    "satker/restok/<document_number:number>/surat-jalan/": {"number": ("restock",)},
    "satker/restok/<document_number:number>/tolak/": {"number": ("restock",)},
    "satker/stok/<uuid:public_id>/": {"public_id": ("product",)},
    "satker/wawasan/harga/<uuid:public_id>/": {"public_id": ("adoption",)},
    "satker/wawasan/hemat/<document_number:number>/<uuid:public_id>/": {"number": ("cycle",), "public_id": ("warung",)},
    "satker/wawasan/pemasok/<uuid:public_id>/": {"public_id": ("supplier",)},
    "barang/<uuid:public_id>/": {"public_id": ("product",)},
    "favorit/barang/<uuid:public_id>/": {"public_id": ("product",)},
    "favorit/warung/<slug:slug>/": {"slug": ("slug",)},
    "nota/<str:token>/": {"token": ("receipt_link",)},
    "pesanan/<order_number:number>/bagikan/": {"number": ("order",)},
    "pesanan/<order_number:number>/bagikan/tutup/": {"number": ("order",)},
    "pesanan/<order_number:number>/kembalikan/": {"number": ("order",)},
    "toko/retur/<order_number:number>/<slug:verb>/": {"number": ("back",), "verb": ("=terima", "=tolak")},
    "toko/antar/waktu/<uuid:public_id>/hapus/": {"public_id": ("slot",)},
    "toko/antar/wilayah/<uuid:public_id>/hapus/": {"public_id": ("zone",)},
    "toko/harga/jadwal/<uuid:public_id>/batal/": {"public_id": ("price_list",)},
    "toko/bon/<uuid:public_id>/": {"public_id": ("bon",)},
    "toko/bon/<uuid:public_id>/bayar/": {"public_id": ("bon",)},
    "toko/bon/<uuid:public_id>/hapus-buku/": {"public_id": ("bon",)},
    "toko/bon/<uuid:public_id>/tutup/": {"public_id": ("bon",)},
    "toko/bon/<uuid:public_id>/ubah/": {"public_id": ("bon",)},
    "toko/buku/<uuid:public_id>/": {"public_id": ("account",)},
    "toko/buku/<uuid:public_id>/cetak/": {"public_id": ("account",)},
    "toko/buku/<uuid:public_id>/unduh/": {"public_id": ("account",)},
    "toko/harga/<uuid:public_id>/": {"public_id": ("product",)},
    "toko/kasir/<sale_number:number>/batal/": {"number": ("sale",)},
    "toko/kasir/<sale_number:number>/diperiksa/": {"number": ("sale",)},
    "toko/kasir/<sale_number:number>/nota/": {"number": ("sale",)},
    "toko/pegawai/<uuid:person_id>/lepas/": {"person_id": ("person",)},
    "toko/pegawai/undangan/<uuid:invitation_id>/kirim/": {"invitation_id": ("staff_invitation",)},
    "toko/pegawai/undangan/<uuid:invitation_id>/tarik/": {"invitation_id": ("staff_invitation",)},
    "toko/pembayaran/<uuid:public_id>/belum/": {"public_id": ("payment",)},
    "toko/pembayaran/<uuid:public_id>/terima/": {"public_id": ("payment",)},
    "toko/pembayaran/masalah/<uuid:public_id>/": {"public_id": ("payment_issue",)},
    "toko/pesanan/<order_number:number>/": {"number": ("order",)},
    "toko/pesanan/<order_number:number>/<slug:verb>/": {
        "number": ("order",),
        "verb": ("=terima", "=siap", "=serahkan", "=tolak", "=batalkan"),
    },
    "toko/pesanan/<order_number:number>/nota/": {"number": ("order",)},
    "toko/restok/putaran/": {},
    "toko/restok/putaran/<document_number:number>/": {"number": ("cycle",)},
    "toko/restok/putaran/<document_number:number>/serah-terima/": {"number": ("goods_cycle",)},
    "toko/restok/putaran/<document_number:number>/serah-terima/<document_number:document>/<slug:kind>/": {
        "number": ("goods_cycle",),
        "document": ("hand_over",),
        "kind": ("=surat-jalan", "=berita-acara", "=faktur"),
    },
    "toko/restok/kwitansi/<document_number:payment>/": {"payment": ("own_payment",)},
    "toko/restok/<document_number:number>/": {"number": ("restock",)},
    "toko/restok/<document_number:number>/batal/": {"number": ("restock",)},
    "toko/restok/<document_number:number>/terima/": {"number": ("restock",)},
    "toko/stok/<uuid:public_id>/": {"public_id": ("product",)},
    "toko/stok/<uuid:public_id>/batas/": {"public_id": ("product",)},
    "toko/stok/<uuid:public_id>/masuk/": {"public_id": ("product",)},
    "toko/stok/<uuid:public_id>/pecah/": {"public_id": ("product",)},
    "toko/stok/<uuid:public_id>/tutup/": {"public_id": ("product",)},
    "toko/stok/hitung/<count_number:number>/": {"number": ("count",)},
    "toko/stok/hitung/<count_number:number>/batal/": {"number": ("count",)},
    "toko/stok/hitung/<count_number:number>/hapus/": {"number": ("count",)},
    "toko/stok/hitung/<count_number:number>/terapkan/": {"number": ("count",)},
    "toko/stok/hitung/<count_number:number>/tulis/": {"number": ("count",)},
    "toko/stok/kedaluwarsa/<uuid:public_id>/buang/": {"public_id": ("lot",)},
    "toko/tutup/hari/<slug:day>/": {"day": ("day",)},
    "undangan/<slug:token>/": {"token": ("token",)},
    "undangan/<slug:token>/gabung/": {"token": ("token",)},
    "undangan/<slug:token>/terima/": {"token": ("token",)},
    "warung/<slug:slug>/": {"slug": ("slug",)},
    "warung/<slug:slug>/isi/": {"slug": ("slug",)},
    "wilayah/domain/<uuid:public_id>/lepas/": {"public_id": ("domain",)},
    "wilayah/domain/<uuid:public_id>/pakai/": {"public_id": ("domain",)},
    "wilayah/domain/<uuid:public_id>/periksa/": {"public_id": ("domain",)},
    "wilayah/katalog/<uuid:public_id>/": {"public_id": ("product",)},
    "wilayah/katalog/<uuid:public_id>/dagang/": {"public_id": ("product",)},
    "wilayah/katalog/<uuid:public_id>/foto/": {"public_id": ("product",)},
    "wilayah/katalog/rak/<slug:slug>/": {"slug": ("shelf",)},
    "wilayah/langganan/nota-kredit/<uuid:public_id>/pdf/": {"public_id": ("credit_note",)},
    "wilayah/langganan/tagihan/<uuid:public_id>/": {"public_id": ("bill",)},
    "wilayah/langganan/tagihan/<uuid:public_id>/pdf/": {"public_id": ("bill",)},
    "dukungan/masuk/<str:token>/": {"token": ("=tidak-ada",)},
    # Announcements belong to no region: one that does not reach it changes nothing there.
    "pengumuman/<uuid:public_id>/tutup/": {"public_id": ("=6d9a514b-0491-41c6-889e-4f63a6404fb3",)},
    "wilayah/dukungan/<uuid:public_id>/": {"public_id": ("support",)},
    "wilayah/dukungan/<uuid:public_id>/cabut/": {"public_id": ("support",)},
    "wilayah/dukungan/<uuid:public_id>/terima/": {"public_id": ("support",)},
    "wilayah/dukungan/<uuid:public_id>/tolak/": {"public_id": ("support",)},
    "wilayah/orang/<uuid:public_id>/": {"public_id": ("person",)},
    "wilayah/orang/<uuid:public_id>/beri/": {"public_id": ("person",)},
    "wilayah/orang/<uuid:public_id>/buka/": {"public_id": ("person",)},
    "wilayah/orang/<uuid:public_id>/cabut/": {"public_id": ("person",)},
    "wilayah/orang/<uuid:public_id>/tutup/": {"public_id": ("person",)},
    "wilayah/orang/undangan/<uuid:public_id>/kirim/": {"public_id": ("office_invitation",)},
    "wilayah/orang/undangan/<uuid:public_id>/tarik/": {"public_id": ("office_invitation",)},
    "wilayah/pemekaran/<uuid:public_id>/setuju/": {"public_id": ("carving",)},
    "wilayah/pemekaran/<uuid:public_id>/tolak/": {"public_id": ("carving",)},
    "wilayah/pemekaran/<uuid:public_id>/warung/": {"public_id": ("carving",)},
    "wilayah/pemekaran/warung/<uuid:public_id>/ambil/": {"public_id": ("warung_move",)},
    "wilayah/pemekaran/warung/<uuid:public_id>/tinggal/": {"public_id": ("warung_move",)},
    "wilayah/rt-rw/<village_code:code>/": {"code": ("village",)},
    "wilayah/rt-rw/<village_code:code>/simpan/": {"code": ("village",)},
    "wilayah/rt-rw/<village_code:code>/tambah/": {"code": ("village",)},
    "wilayah/warung/<uuid:public_id>/": {"public_id": ("warung",)},
    "wilayah/warung/<uuid:public_id>/<slug:move>/": {
        "public_id": ("warung",),
        "move": ("=open", "=pause", "=close"),
    },
    "wilayah/warung/<uuid:public_id>/ubah/": {"public_id": ("warung",)},
    "wilayah/warung/<uuid:public_id>/undang/": {"public_id": ("warung",)},
    "wilayah/warung/<uuid:public_id>/undangan/<uuid:invitation_id>/kirim/": {
        "public_id": ("warung",),
        "invitation_id": ("owner_invitation",),
    },
    "wilayah/warung/<uuid:public_id>/undangan/<uuid:invitation_id>/tarik/": {
        "public_id": ("warung",),
        "invitation_id": ("owner_invitation",),
    },
}
# Official areas, days and the words of an address are the same everywhere: to name them is to name nothing of a region's.
COMMON = {"village", "day", "agent_day"}


def addresses() -> list[str]:
    """Every address that has an entry."""
    return sorted([*PLAIN[1:].splitlines(), *NAMED])


def names_own_things(path: str) -> bool:
    """Whether the address holds an id that only one region may know."""
    return any(name not in COMMON for names in NAMED.get(path, {}).values() for name in names if name[0] != "=")


def urls(path: str, ids: Ids) -> list[str]:
    """The concrete addresses to try."""
    found = [f"/{path}"]
    for placeholder, names in NAMED.get(path, {}).items():
        values = [name[1:] if name.startswith("=") else getattr(ids, name) for name in names]
        found = [_filled(one, placeholder, value) for one in found for value in values]
    return found


def _filled(path: str, placeholder: str, value: str) -> str:
    before, _, after = path.partition(f":{placeholder}>")
    return f"{before[: before.rindex('<')]}{value}{after}"
