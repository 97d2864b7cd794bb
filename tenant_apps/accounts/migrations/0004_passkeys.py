import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import tenants.kernel.clock


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_decisions_are_append_only"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Passkey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="passkeys",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("host", models.CharField(max_length=253)),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                ("credential_id", models.CharField(max_length=1400, unique=True)),
                ("credential", models.BinaryField()),
                ("count", models.BigIntegerField(default=0)),
                ("created_at", models.DateTimeField(default=tenants.kernel.clock.now)),
                ("used_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={"verbose_name": "passkey", "verbose_name_plural": "passkeys", "ordering": ["pk"]},
        ),
        migrations.CreateModel(
            name="PasskeyChallenge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("host", models.CharField(max_length=253)),
                ("step", models.CharField(max_length=64)),
                ("challenge", models.CharField(max_length=43, unique=True)),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
    ]
