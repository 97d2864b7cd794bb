"""The supplier portal, on the platform site only. Price lists and orders have addresses of their own beside it."""

from django.urls import path

from shared_apps.supplier_catalog.views import articles, company, invitation, offers, people, portal

app_name = "supplier_portal"
urlpatterns = [
    path("", portal.home, name="home"),
    path("pilih/", portal.choose, name="choose"),
    path("undangan/<str:token>/", invitation.invitation, name="invitation"),
    path("undangan/<str:token>/terima/", invitation.accept_invitation, name="accept_invitation"),
    path("undangan/<str:token>/gabung/", invitation.join, name="join"),
    path("usaha/", company.company, name="company"),
    path("usaha/ubah/", company.change, name="company_change"),
    path("usaha/wilayah/", company.areas, name="company_areas"),
    path("orang/", people.members, name="members"),
    path("orang/undang/", people.invite, name="invite"),
    path("orang/undangan/", people.invitations, name="invitations"),
    path("orang/undangan/<uuid:public_id>/kirim-lagi/", people.send_again, name="send_invitation_again"),
    path("orang/undangan/<uuid:public_id>/tarik/", people.withdraw, name="withdraw_invitation"),
    path("orang/<uuid:public_id>/peran/", people.change_role, name="change_role"),
    path("orang/<uuid:public_id>/keluarkan/", people.remove, name="remove_member"),
    path("barang/", articles.articles, name="articles"),
    path("barang/baru/", articles.new, name="new_article"),
    path("barang/<uuid:public_id>/", articles.article, name="article"),
    path("barang/<uuid:public_id>/ubah/", articles.edit, name="edit_article"),
    path("barang/<uuid:public_id>/riwayat/", articles.versions, name="versions"),
    path("barang/<uuid:public_id>/jual/", articles.trade, name="trade"),
    path("barang/<uuid:public_id>/foto/", articles.change_photo, name="change_photo"),
    path("barang/<uuid:public_id>/foto/<int:size>/<slug:version>.webp", articles.photo, name="photo"),
    path("barang/<uuid:public_id>/penawaran/baru/", offers.new, name="new_offer"),
    path("barang/<uuid:public_id>/penawaran/<uuid:offer>/ubah/", offers.change, name="change_offer"),
    path("barang/<uuid:public_id>/penawaran/<uuid:offer>/akhiri/", offers.finish, name="end_offer"),
]
