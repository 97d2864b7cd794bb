import django.db.models.deletion
import tenants.personal.fields
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

ROLES = ["reader", "support", "operator", "owner"]
ROLE_KNOWN = models.CheckConstraint(condition=models.Q(("role__in", ROLES)), name="operator_role_known")


def grant(field, name):
    return (
        "grant",
        field(on_delete=django.db.models.deletion.CASCADE, related_name=name, to="operations.operatorgrant"),
    )


def number():
    return ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


class Migration(migrations.Migration):
    dependencies = [("operations", "0002_region_counters")]

    operations = [
        migrations.AddField(
            model_name="operatorgrant",
            name="granted_by",
            field=models.CharField(blank=True, db_default="", max_length=80),
        ),
        migrations.AddField(
            model_name="operatorgrant", name="locked_until", field=models.DateTimeField(blank=True, null=True)
        ),
        migrations.AddField(
            model_name="operatorgrant",
            name="role",
            field=models.CharField(
                choices=[(role, role) for role in ROLES],
                db_default="reader",
                default="reader",
                max_length=8,
                verbose_name="role",
            ),
        ),
        migrations.AddField(
            model_name="operatorgrant",
            name="wrong_codes",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        AddConstraintNotValid("operatorgrant", ROLE_KNOWN),
        migrations.CreateModel(
            name="AuthenticatorApp",
            fields=[
                number(),
                grant(models.OneToOneField, "app"),
                ("secret", tenants.personal.fields.SealedField()),
                ("last_step", models.BigIntegerField(default=0)),
                ("added_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name="OperatorPasskey",
            fields=[
                number(),
                grant(models.ForeignKey, "passkeys"),
                ("name", models.CharField(max_length=60)),
                ("credential_id", models.CharField(max_length=1400, unique=True)),
                ("credential", models.BinaryField()),
                ("count", models.BigIntegerField(default=0)),
                ("added_at", models.DateTimeField(auto_now_add=True)),
                ("used_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="RecoveryCode",
            fields=[
                number(),
                grant(models.ForeignKey, "recovery_codes"),
                ("digest", models.CharField(max_length=64)),
                ("used_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("grant", "digest"), name="recovery_code_once")],
            },
        ),
    ]
