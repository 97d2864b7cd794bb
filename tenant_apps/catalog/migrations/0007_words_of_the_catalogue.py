from django.db import migrations, models

# The words that products are found by, each once: a misspelt word is compared with a few thousand of these, not with all
# products. A word that no product has any more stays and finds nothing. Sorted, so that two writers wait and do not deadlock.
NOTE = """
CREATE FUNCTION catalog_note_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format(
        'INSERT INTO %1$I.catalog_word (word) SELECT DISTINCT left(w, 40) AS w FROM unnest(string_to_array($1, '' '')) AS w'
        ' WHERE w ~ ''^[a-z]'' AND NOT EXISTS (SELECT 1 FROM %1$I.catalog_word known WHERE known.word = left(w, 40))'
        ' ORDER BY w ON CONFLICT DO NOTHING', TG_TABLE_SCHEMA) USING NEW.search;
    RETURN NULL;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0006_found_by_barcode_and_family")]

    operations = [
        migrations.CreateModel(
            name="Word",
            fields=[
                ("word", models.CharField(max_length=40, primary_key=True, serialize=False)),
            ],
        ),
        migrations.RunSQL([NOTE], ["DROP FUNCTION catalog_note_words()"]),
        migrations.RunSQL(
            [
                "CREATE TRIGGER product_words_noted AFTER INSERT OR UPDATE OF search ON catalog_product"
                " FOR EACH ROW EXECUTE FUNCTION catalog_note_words()"
            ],
            ["DROP TRIGGER product_words_noted ON catalog_product"],
        ),
    ]
