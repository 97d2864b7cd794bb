from datetime import date
from typing import Any

from django.db import migrations

# What the programme set itself at its beginning. Operators change them on the page of targets.
FIRST = (
    ("16.71.10", "warungs", 200),
    ("16.71.10", "trainees", 260),
    ("16.71", "warungs", 2_500),
)


def enter(apps: Any, schema_editor: Any) -> None:
    target = apps.get_model("operations", "AreaTarget")
    for code, measure, amount in FIRST:
        target.objects.get_or_create(
            area_code=code,
            measure=measure,
            valid_from=date(2026, 1, 1),
            defaults={"amount": amount, "source": "Sasaran awal program WARSA", "by": "system:migration"},
        )


class Migration(migrations.Migration):
    dependencies = [("operations", "0010_figures_and_supervisors")]

    operations = [migrations.RunPython(enter, migrations.RunPython.noop)]
