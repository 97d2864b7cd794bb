"""The supplier's orders, on the platform site only."""

from django.urls import path, register_converter

from shared_apps.exchange.views import connecting, inbox, link, order, pools, programme
from tenants.kernel.numbers import DocumentNumber


class SheetKind:
    """csv or xlsx."""

    regex = "csv|xlsx"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class LinkedKind(SheetKind):
    """A file that a mailed link opens."""

    regex = r"pesanan\.pdf|pesanan\.csv"


class PaperKind(SheetKind):
    """A file of one order."""

    regex = r"pesanan\.pdf|ambil\.pdf|pesanan\.csv"


register_converter(DocumentNumber, "supplier_order")
register_converter(SheetKind, "sheet_kind")
register_converter(LinkedKind, "linked_kind")
register_converter(PaperKind, "paper_kind")

app_name = "supplier_orders"
urlpatterns = [
    path("pesanan/", inbox.inbox_page, name="inbox"),
    path("pesanan/unduh.<sheet_kind:kind>", inbox.export, name="export"),
    path("patungan/", pools.pools_page, name="pools"),
    path("pesanan/<supplier_order:number>/", order.order_page, name="order"),
    path("pesanan/<supplier_order:number>/sanggupi/", order.confirm_order, name="confirm"),
    path("pesanan/<supplier_order:number>/ubah/", order.change_order, name="change"),
    path("pesanan/<supplier_order:number>/tolak/", order.refuse_order, name="refuse"),
    path("pesanan/<supplier_order:number>/kirim/", order.ship_order, name="ship"),
    path("pesanan/<supplier_order:number>/tagih/", order.bill_order, name="bill"),
    path("pesanan/<supplier_order:number>/cetak/", order.print_order, name="print"),
    path("pesanan/<supplier_order:number>/<paper_kind:kind>", order.download, name="download"),
    path("sambungan/", connecting.connector_page, name="connector"),
    path("sambungan/rahasia/", connecting.new_secret, name="new_secret"),
    path("sambungan/coba/", connecting.test_call, name="test_call"),
    path("tautan/<str:token>/", link.link_page, name="link"),
    path("tautan/<str:token>/<linked_kind:kind>", link.link_file, name="link_file"),
    path("api/pesanan/<supplier_order:number>/", programme.receive_event, name="event"),
]
