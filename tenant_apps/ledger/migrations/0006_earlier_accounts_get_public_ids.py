from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_accounts_have_public_ids")]

    operations = [
        # A region of the release before has a few accounts for each warung, and no other.
        migrations.RunSQL(
            ["UPDATE ledger_account SET public_id = gen_random_uuid() WHERE public_id IS NULL"],
            migrations.RunSQL.noop,
        ),
    ]
