from django.urls import path

from shared_apps.care.views import alerts, announcements, flags, jobs

app_name = "care"
urlpatterns = [
    path("peringatan/", alerts.alerts, name="alerts"),
    path("peringatan/csv/", alerts.alerts_csv, name="alerts_csv"),
    path("peringatan/<uuid:public_id>/", alerts.alert, name="alert"),
    path("peringatan/<uuid:public_id>/terima/", alerts.acknowledge_one, name="acknowledge"),
    path("peringatan/<uuid:public_id>/senyap/", alerts.silence_one, name="silence"),
    path("pekerjaan/", jobs.jobs, name="jobs"),
    path("pekerjaan/armada/<int:number>/hentikan/", jobs.stop_fleet_run, name="stop_run"),
    path("pekerjaan/uji/", jobs.drills, name="drills"),
    path("pekerjaan/uji/mulai/", jobs.drill_now, name="drill_now"),
    path("pekerjaan/uji/<int:number>/hentikan/", jobs.stop_drill_night, name="stop_night"),
    path("pekerjaan/uji/<uuid:public_id>/ulangi/", jobs.drill_again, name="drill_again"),
    path("fitur/", flags.flags, name="flags"),
    path("fitur/baru/", flags.flag_form, name="new_flag"),
    path("fitur/<slug:name>/", flags.flag_form, name="flag"),
    path("fitur/<slug:name>/hapus/", flags.remove, name="drop_flag"),
    path("pengumuman/", announcements.announcements, name="announcements"),
    path("pengumuman/baru/", announcements.new, name="new_announcement"),
    path("pengumuman/<uuid:public_id>/akhiri/", announcements.end, name="end_announcement"),
]
