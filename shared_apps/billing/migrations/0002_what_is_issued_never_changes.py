"""What was issued or said never changes, whoever writes: plans' versions, lines, credit notes, histories; of an invoice only what became of it."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION public.billing_refuse_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is never changed', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


def only(name: str, columns: str, what: str) -> str:
    """A trigger function that lets these columns change and nothing else."""
    keep = "\n    ".join(f"NEW.{column} := OLD.{column};" for column in columns.split())
    return f"""
CREATE FUNCTION public.{name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {keep}
    IF NEW IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION '{what}' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$
"""


NEVER = ("planversion", "invoiceline", "creditnote", "subscriptionevent", "quotationevent")
PARTLY = {
    "invoice": ("state paid credited refunded paid_at", "an issued invoice is never changed"),
    "stripeevent": ("applied_at attempts error", "an event is never changed"),
}

STATEMENTS = [(REFUSE, "DROP FUNCTION public.billing_refuse_rewrite()")]
for table in NEVER:
    STATEMENTS.append(
        (
            f"CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON public.billing_{table}"
            " FOR EACH ROW EXECUTE FUNCTION public.billing_refuse_rewrite()",
            f"DROP TRIGGER never_changed ON public.billing_{table}",
        )
    )
for table, (columns, what) in PARTLY.items():
    name = f"billing_{table}_only"
    STATEMENTS += [
        (only(name, columns, what), f"DROP FUNCTION public.{name}()"),
        (
            f"CREATE TRIGGER only_what_became_of_it AFTER UPDATE ON public.billing_{table}"
            f" FOR EACH ROW EXECUTE FUNCTION public.{name}()",
            f"DROP TRIGGER only_what_became_of_it ON public.billing_{table}",
        ),
        (
            f"CREATE TRIGGER never_deleted BEFORE DELETE ON public.billing_{table}"
            " FOR EACH ROW EXECUTE FUNCTION public.billing_refuse_rewrite()",
            f"DROP TRIGGER never_deleted ON public.billing_{table}",
        ),
    ]


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_plans_subscriptions_papers")]

    operations = [migrations.RunSQL([forth], [back]) for forth, back in STATEMENTS]
