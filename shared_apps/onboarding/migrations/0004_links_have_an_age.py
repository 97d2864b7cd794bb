from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0003_blueprints_never_change")]

    operations = [
        migrations.AddField(
            model_name="registration",
            name="token_made_at",
            field=models.DateTimeField(null=True),
        ),
        # Links that were mailed before are as old as the row's last change.
        migrations.RunSQL(
            ["UPDATE onboarding_registration SET token_made_at = updated_at WHERE token_hash IS NOT NULL"],
            [],
        ),
    ]
