from django.db import migrations

FILL = """
INSERT INTO catalog_word (word)
SELECT DISTINCT left(w, 40) FROM catalog_product p, unnest(string_to_array(p.search, ' ')) AS w WHERE w ~ '^[a-z]'
ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    """The words of products that were there before the trigger."""

    dependencies = [("catalog", "0007_words_of_the_catalogue")]

    operations = [migrations.RunSQL([FILL], migrations.RunSQL.noop)]
