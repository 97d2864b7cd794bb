"""Addresses of API v1."""

from django.urls import path, register_converter

from tenant_apps.api.views import around, document, me, region, toko
from tenants.kernel.numbers import DocumentNumber


class Anything:
    """Whatever is left of an address."""

    regex = r"[\s\S]+"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(DocumentNumber, "api_number")
register_converter(Anything, "anything")

TOKO = "toko/<uuid:warung>"

app_name = "api"
urlpatterns = [
    path("", document.index, name="index"),
    path("schema/", document.schema, name="schema"),
    path("region/", region.RegionFacts.as_view(), name="region"),
    path("categories/", region.Categories.as_view(), name="categories"),
    path("products/", region.Products.as_view(), name="products"),
    path("products/<uuid:product>/", region.OneProduct.as_view(), name="product"),
    path("products/<uuid:product>/prices/", region.ProductPrices.as_view(), name="product_prices"),
    path("products/<uuid:product>/history/", around.PriceHistory.as_view(), name="history"),
    path("warungs/", region.Warungs.as_view(), name="warungs"),
    path("warungs/<slug:slug>/", region.OneWarung.as_view(), name="warung"),
    path("warungs/<slug:slug>/goods/", region.WarungGoods.as_view(), name="goods"),
    path("warungs/<slug:slug>/ways/", around.WarungWays.as_view(), name="ways"),
    path("receipts/<str:token>/", around.SharedReceipt.as_view(), name="shared_receipt"),
    path("search/", region.Search.as_view(), name="search"),
    path("me/", me.Me.as_view(), name="me"),
    path("me/place/", me.MyPlace.as_view(), name="place"),
    path("carts/", me.Carts.as_view(), name="carts"),
    path("carts/<slug:slug>/", me.OneCart.as_view(), name="cart"),
    path("orders/", me.Orders.as_view(), name="orders"),
    path("orders/<api_number:number>/", me.OneOrder.as_view(), name="order"),
    path("orders/<api_number:number>/cancel/", me.CancelOrder.as_view(), name="cancel"),
    path("orders/<api_number:number>/again/", me.OrderAgain.as_view(), name="again"),
    path("orders/<api_number:number>/payment/", me.OrderPayment.as_view(), name="payment"),
    path("orders/<api_number:number>/returnable/", around.Returnable.as_view(), name="returnable"),
    path("orders/<api_number:number>/returns/", around.Returns.as_view(), name="returns"),
    path("orders/<api_number:number>/share/", around.Share.as_view(), name="share"),
    path("purchases/", me.Purchases.as_view(), name="purchases"),
    path("purchases/<api_number:number>/", me.OnePurchase.as_view(), name="purchase"),
    path("claims/", me.Claims.as_view(), name="claims"),
    path("claims/lines/", me.ClaimableLines.as_view(), name="claimable"),
    path("claims/<uuid:claim>/", me.OneClaim.as_view(), name="claim"),
    path("claims/<uuid:claim>/withdraw/", me.WithdrawClaim.as_view(), name="withdraw_claim"),
    path("balance/", me.Balance.as_view(), name="balance"),
    path("balance/statement/", me.Statement.as_view(), name="statement"),
    path("favourites/warungs/", around.LikedWarungs.as_view(), name="liked_warungs"),
    path("favourites/warungs/<slug:slug>/", around.LikeWarung.as_view(), name="like_warung"),
    path("favourites/products/", around.LikedProducts.as_view(), name="liked_products"),
    path("favourites/products/<uuid:product>/", around.LikeProduct.as_view(), name="like_product"),
    path("news/", around.News.as_view(), name="news"),
    path("news/unread/", around.UnreadNews.as_view(), name="unread_news"),
    path("news/read/", around.ReadNews.as_view(), name="read_news"),
    path("news/<uuid:notice>/read/", around.ReadNotice.as_view(), name="read_notice"),
    path("savings/", around.Savings.as_view(), name="savings"),
    path("savings/orders/", around.SavedOrders.as_view(), name="saved_orders"),
    path("savings/orders/<api_number:number>/", around.SavedLines.as_view(), name="saved_lines"),
    path("toko/", toko.OwnWarungs.as_view(), name="own_warungs"),
    path(f"{TOKO}/orders/", toko.Board.as_view(), name="board"),
    path(f"{TOKO}/orders/<api_number:number>/", toko.BoardOrder.as_view(), name="board_order"),
    path(f"{TOKO}/orders/<api_number:number>/accept/", toko.AcceptOrder.as_view(), name="accept"),
    path(f"{TOKO}/orders/<api_number:number>/pack/", toko.PackOrder.as_view(), name="pack"),
    path(f"{TOKO}/orders/<api_number:number>/hand-over/", toko.HandOver.as_view(), name="hand_over"),
    path(f"{TOKO}/orders/<api_number:number>/reject/", toko.RejectOrder.as_view(), name="reject"),
    path(f"{TOKO}/orders/<api_number:number>/call-off/", toko.CallOff.as_view(), name="call_off"),
    path(f"{TOKO}/returns/", toko.ReturnsHere.as_view(), name="returns_here"),
    path(f"{TOKO}/returns/<api_number:number>/accept/", toko.AcceptReturn.as_view(), name="accept_return"),
    path(f"{TOKO}/returns/<api_number:number>/refuse/", toko.RefuseReturn.as_view(), name="refuse_return"),
    path(f"{TOKO}/payments/", toko.WaitingPayments.as_view(), name="payments"),
    path(f"{TOKO}/payments/<uuid:payment>/confirm/", toko.ConfirmPayment.as_view(), name="confirm"),
    path(f"{TOKO}/payments/<uuid:payment>/deny/", toko.DenyPayment.as_view(), name="deny"),
    path(f"{TOKO}/sales/", toko.Sales.as_view(), name="sales"),
    path(f"{TOKO}/prices/", toko.OwnPrices.as_view(), name="prices"),
    path(f"{TOKO}/prices/withdraw/", toko.WithdrawPrice.as_view(), name="withdraw_price"),
    path(f"{TOKO}/stock/", toko.Stock.as_view(), name="stock"),
    path(f"{TOKO}/stock/<uuid:product>/count/", toko.CountStock.as_view(), name="count_stock"),
    path(f"{TOKO}/stock/<uuid:product>/movements/", toko.StockMovements.as_view(), name="movements"),
    path(f"{TOKO}/hours/", toko.Hours.as_view(), name="hours"),
    path(f"{TOKO}/open/", toko.OpenWarung.as_view(), name="open"),
    path(f"{TOKO}/pause/", toko.PauseWarung.as_view(), name="pause"),
    path(f"{TOKO}/wholesale/", toko.Wholesale.as_view(), name="wholesale"),
    path(f"{TOKO}/restocks/", toko.Restocks.as_view(), name="restocks"),
    path(f"{TOKO}/restocks/<api_number:number>/", toko.OneRestock.as_view(), name="restock"),
    path(f"{TOKO}/restocks/<api_number:number>/cancel/", toko.CancelRestock.as_view(), name="cancel_restock"),
    path(f"{TOKO}/restocks/<api_number:number>/receive/", toko.ReceiveRestock.as_view(), name="receive_restock"),
    path("<anything:rest>", document.NotThere.as_view(), name="not_there"),
]
