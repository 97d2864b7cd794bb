"""The supplier's price lists, on the platform site only."""

from django.urls import path

from shared_apps.price_lists.views import feeds, lists

app_name = "price_lists"
urlpatterns = [
    path("daftar-harga/", lists.lists_page, name="lists"),
    path("daftar-harga/contoh.csv", lists.sample, name="sample"),
    path("daftar-harga/alamat/", feeds.feeds_page, name="feeds"),
    path("daftar-harga/alamat/<uuid:public_id>/", feeds.change, name="feed"),
    path("daftar-harga/alamat/<uuid:public_id>/tarik/", feeds.pull_now, name="pull"),
    path("daftar-harga/alamat/<uuid:public_id>/jeda/", feeds.pause, name="pause"),
    path("daftar-harga/alamat/<uuid:public_id>/hapus/", feeds.end, name="end_feed"),
    path("daftar-harga/<uuid:public_id>/", lists.list_page, name="list"),
    path("daftar-harga/<uuid:public_id>/kolom/", lists.read, name="read"),
    path("daftar-harga/<uuid:public_id>/kolom/ulang/", lists.remap, name="remap"),
    path("daftar-harga/<uuid:public_id>/pilih/", lists.choose_rows, name="choose"),
    path("daftar-harga/<uuid:public_id>/pakai/", lists.take_over, name="apply"),
    path("daftar-harga/<uuid:public_id>/kembalikan/", lists.take_back, name="undo"),
    path("daftar-harga/<uuid:public_id>/lanjut/", lists.resume, name="go_on"),
    path("daftar-harga/<uuid:public_id>/buang/", lists.drop_list, name="drop"),
    path("daftar-harga/<uuid:public_id>/perbaiki.csv", lists.bad_rows, name="bad_rows"),
]
