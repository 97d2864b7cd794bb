from django.urls import path

from shared_apps.operations.views import audit, console, door, fleet, people

app_name = "operations"
urlpatterns = [
    path("", console.console, name="console"),
    path("masuk/", door.door, name="door"),
    path("masuk/tantangan/", door.question, name="door_question"),
    path("kunci/", door.keys, name="keys"),
    path("kunci/aplikasi/", door.save_app, name="save_app"),
    path("kunci/perangkat/tantangan/", door.device_question, name="device_question"),
    path("kunci/perangkat/", door.save_device, name="save_device"),
    path("kunci/perangkat/<int:number>/hapus/", door.remove_device, name="remove_device"),
    path("kunci/cadangan/", door.new_codes, name="new_codes"),
    path("orang/", people.people_list, name="people"),
    path("orang/<int:number>/peran/", people.role, name="set_role"),
    path("orang/<int:number>/keluarkan/", people.put_out, name="put_out"),
    path("orang/<int:number>/kunci/", people.forget_factors, name="forget_factors"),
    path("catatan/", audit.log, name="audit"),
    path("catatan/csv/", audit.log_file, name="audit_file"),
    path("catatan/periksa/", audit.prove, name="audit_proof"),
    path("armada/", fleet.runs, name="fleet"),
    path("armada/<int:number>/", fleet.run, name="fleet_run"),
    path("armada/diparkir/", fleet.parked, name="fleet_parked"),
    path("armada/diparkir/<uuid:public_id>/coba/", fleet.retry, name="fleet_retry"),
    path("armada/penyimpangan/", fleet.drift, name="fleet_drift"),
]
