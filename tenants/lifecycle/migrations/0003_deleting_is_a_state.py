from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("lifecycle", "0002_history_is_never_changed"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="closing", name="closing_state_known"),
        migrations.RemoveConstraint(model_name="closing", name="closing_one_at_a_time"),
        migrations.AlterField(
            model_name="closing",
            name="state",
            field=models.CharField(
                choices=[
                    ("announced", "announced"),
                    ("closed", "closed, data kept"),
                    ("deleting", "data being deleted"),
                    ("deleted", "data deleted"),
                    ("undone", "taken back"),
                ],
                default="announced",
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="closing",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["announced", "closed", "deleting", "deleted", "undone"])),
                name="closing_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="closing",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["announced", "closed", "deleting"])),
                fields=("region",),
                name="closing_one_at_a_time",
            ),
        ),
    ]
