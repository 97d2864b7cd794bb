from django.urls import path

from tenant_apps.suppliers.views import adopted, changes, offers

app_name = "suppliers"
urlpatterns = [
    path("satker/pemasok/", offers.offers_page, name="offers"),
    path("satker/pemasok/penawaran/<uuid:public_id>/", offers.offer_page, name="offer"),
    path("satker/pemasok/penawaran/<uuid:public_id>/ambil/", offers.adopt_offer, name="adopt"),
    path("satker/pemasok/penawaran/<uuid:public_id>/barang-baru/", offers.new_product, name="new_product"),
    path("satker/pemasok/dibeli/", adopted.adopted_page, name="adopted"),
    path("satker/pemasok/dibeli/<uuid:public_id>/", adopted.adoption_page, name="adoption"),
    path("satker/pemasok/dibeli/<uuid:public_id>/<slug:verb>/", adopted.move_adoption, name="move"),
    path("satker/pemasok/perubahan/", changes.changes_page, name="changes"),
    path("satker/pemasok/perubahan/jawab/", changes.answer_changes, name="answer"),
    path("satker/pemasok/perubahan/cari/", changes.look_for_changes, name="look"),
    path("satker/pemasok/perubahan/<uuid:public_id>/", changes.change_page, name="change"),
    path("satker/pemasok/<uuid:public_id>/", offers.supplier_page, name="supplier"),
]
