from typing import Any

from django.db import migrations

# Each step is a transaction of its own, some tenths of a second long; ids without a slip cost nothing.
A_STEP = 5_000


def count(apps: Any, schema_editor: Any) -> None:
    """Goes on where it was cut off: `done` and the sums are written together."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT until, done FROM bank_sampah_earlierslips")
        for until, done in cursor.fetchall():
            for step in range(done, until, A_STEP):
                cursor.execute(
                    "UPDATE bank_sampah_earlierslips SET done = greatest(done, %s)", [min(step + A_STEP, until)]
                )


class Migration(migrations.Migration):
    """Slips that were there before the sums. In a blank region there are none, and nothing is done."""

    atomic = False
    dependencies = [("bank_sampah", "0011_sums_follow_slips")]

    operations = [migrations.RunPython(count, migrations.RunPython.noop)]
