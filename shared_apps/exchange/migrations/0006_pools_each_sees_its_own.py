"""Joint purchases: a region reads the pools that it was invited to, its own pledges, and of the others' a rounded sum.

The views read with the owner's rights, and ask `current_user`, who in a view is always the one who asks. Whoever queries them can
neither name another region nor move another's numbers: what they say of the others does not depend on the asker's own pledges.
"""

from django.db import migrations

OWN = "(SELECT id FROM public.tenants_region WHERE schema_name = current_user::text)"
SUPPLIER = "(SELECT id FROM public.supplier_catalog_supplierorganisation WHERE db_role = current_user::text)"
POOL, MEMBER, LINE, PLEDGE, TOTAL, EVENT, POOLED = (
    f"public.exchange_{name}"
    for name in ("pool", "poolmember", "poolline", "poolpledge", "pooltotal", "poolevent", "pooledline")
)
OFFER, TIER, ORG, SERVED = (
    f"public.supplier_catalog_{name}" for name in ("offer", "offertier", "supplierorganisation", "supplierarea")
)
ORDERED = "public.exchange_supplierorderline"
OWN_POOL, REGION, REACH = "public.exchange_ownpool", "public.exchange_poolregion", "public.exchange_poolreach"
BARRIER = "WITH (security_barrier) AS"

VIEWS = {
    # Policies ask this view, for one that asked the members themselves would ask for ever.
    OWN_POOL: f"""
        SELECT m.pool_id, m.state FROM {MEMBER} m JOIN public.tenants_region r ON r.id = m.region_id
        WHERE r.schema_name = current_user::text
    """,
    # Who may be invited: open regions where the supplier delivers. Their names and addresses are public.
    REGION: f"""
        SELECT r.id AS region_id, s.id AS supplier_id, r.name, d.domain
        FROM {ORG} s JOIN public.tenants_region r ON r.status = 'ready'
        JOIN public.tenants_domain d ON d.tenant_id = r.id AND d.is_primary
        WHERE s.allows_pooling AND s.state = 'verified' AND EXISTS (
            SELECT FROM public.onboarding_coverageclaim c JOIN {SERVED} a ON a.organisation_id = s.id
            WHERE c.region_id = r.id AND left(c.kecamatan_code, length(a.area_id)) = a.area_id
        )
    """,
    # Of one other region: no more than the tier that it reaches alone. Of several: whole quarters of the way to the first tier.
    REACH: f"""
        SELECT l.id AS line_id, l.pool_id, o.regions AS others,
            CASE
                WHEN p.state <> 'gathering' THEN 0
                WHEN o.regions >= 2 THEN o.cartons / s.step * s.step
                ELSE (
                    SELECT coalesce(max(t.packs), 0) FROM {TIER} t
                    WHERE t.offer_id = l.offer_id AND t.packs > 1 AND t.packs <= o.cartons
                )
            END AS besides,
            coalesce(f.reached, 0) AS reached
        FROM public.tenants_region r
        JOIN {MEMBER} m ON m.region_id = r.id AND m.state = 'joined'
        JOIN {POOL} p ON p.id = m.pool_id
        JOIN {LINE} l ON l.pool_id = p.id
        CROSS JOIN LATERAL (
            SELECT count(*)::integer AS regions, coalesce(sum(q.cartons), 0)::bigint AS cartons
            FROM {PLEDGE} q JOIN {MEMBER} n ON n.pool_id = l.pool_id AND n.region_id = q.region_id AND n.state = 'joined'
            WHERE q.line_id = l.id AND q.region_id <> r.id
        ) o
        CROSS JOIN LATERAL (
            SELECT greatest(2, (min(t.packs) + 3) / 4) AS step FROM {TIER} t WHERE t.offer_id = l.offer_id AND t.packs > 1
        ) s
        LEFT JOIN {TOTAL} f ON f.line_id = l.id
        WHERE r.schema_name = current_user::text
    """,
}

IN_POOL = f"EXISTS (SELECT FROM {POOL} p WHERE p.id = pool_id)"
OF_LINE = f"EXISTS (SELECT FROM {LINE} l WHERE l.id = line_id)"
OF_ORDER = f"EXISTS (SELECT FROM {ORDERED} o WHERE o.id = order_line_id)"
GATHERS = f"EXISTS (SELECT FROM {POOL} p WHERE p.id = pool_id AND p.host_id = {OWN} AND p.state = 'gathering')"
# table: what a region may do, and which rows it reads; which rows a supplier reads.
RULES = {
    POOL: (
        "SELECT, INSERT, UPDATE (state)",
        f"host_id = {OWN} OR id IN (SELECT pool_id FROM {OWN_POOL})",
        f"supplier_id = {SUPPLIER}",
    ),
    MEMBER: ("SELECT, INSERT, UPDATE (state)", IN_POOL, IN_POOL),
    LINE: ("SELECT, INSERT", IN_POOL, IN_POOL),
    PLEDGE: ("SELECT, INSERT, DELETE", f"region_id = {OWN}", None),
    TOTAL: (None, None, OF_LINE),
    EVENT: ("SELECT, INSERT", IN_POOL, IN_POOL),
    POOLED: ("SELECT, INSERT", OF_ORDER, OF_ORDER),
}
# What a region may write, besides what it reads.
WRITES = [
    (
        POOL,
        "opens",
        "INSERT",
        f"WITH CHECK (host_id = {OWN} AND state = 'gathering' AND closed_at IS NULL AND EXISTS (SELECT FROM {ORG} s"
        " WHERE s.id = supplier_id AND s.allows_pooling AND s.state = 'verified'))",
    ),
    (
        POOL,
        "moves",
        "UPDATE",
        f"USING (host_id = {OWN} OR id IN (SELECT pool_id FROM {OWN_POOL} WHERE state = 'joined'))",
    ),
    (
        MEMBER,
        "invites",
        "INSERT",
        f"WITH CHECK ({GATHERS} AND CASE WHEN region_id = {OWN} THEN state = 'joined' ELSE state = 'invited' AND EXISTS"
        f" (SELECT FROM {REGION} r JOIN {POOL} p ON p.supplier_id = r.supplier_id"
        " WHERE p.id = pool_id AND r.region_id = exchange_poolmember.region_id) END)",
    ),
    (MEMBER, "answers", "UPDATE", f"USING (region_id = {OWN})"),
    (
        LINE,
        "names",
        "INSERT",
        f"WITH CHECK ({GATHERS} AND EXISTS (SELECT FROM {OFFER} f JOIN {POOL} p ON p.supplier_id = f.organisation_id"
        " WHERE p.id = pool_id AND f.id = offer_id AND f.region_id IS NULL))",
    ),
    (PLEDGE, "promises", "INSERT", f"WITH CHECK (region_id = {OWN})"),
    (PLEDGE, "withdraws", "DELETE", f"USING (region_id = {OWN})"),
    (EVENT, "tells", "INSERT", f"WITH CHECK ({IN_POOL} AND region_id = {OWN})"),
    (POOLED, "takes_part", "INSERT", f"WITH CHECK ({OF_ORDER})"),
]

# With the owner's rights: a region reads no other's name, nor does it lock a pool that it only reads.
DEFINER = "LANGUAGE plpgsql SECURITY DEFINER SET search_path TO public, pg_temp"
REFUSED = "USING ERRCODE = 'integrity_constraint_violation'"
FUNCTIONS = {
    "exchange_pool_names_region": f"""
CREATE FUNCTION public.exchange_pool_names_region() RETURNS trigger {DEFINER} AS $$
BEGIN
    NEW.region_name := (SELECT name FROM public.tenants_region WHERE id = NEW.region_id);
    RETURN NEW;
END $$
""",
    # With the caller's rights, for it asks who moves.
    "exchange_pool_moves": f"""
CREATE FUNCTION public.exchange_pool_moves() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    step text := OLD.state || '>' || NEW.state;
    hosts boolean := NEW.host_id = {OWN};
BEGIN
    IF current_user LIKE 't\\_%' AND NOT (
        (step = 'gathering>closed' AND (hosts OR OLD.closes_at <= now()))
        OR (step = 'gathering>cancelled' AND hosts)
        OR (step = 'closed>ended' AND OLD.closed_at + interval '7 days' <= now())
    ) THEN
        RAISE EXCEPTION 'a joint purchase does not go from % to % now', OLD.state, NEW.state {REFUSED};
    END IF;
    NEW.moved_at := now();
    IF step = 'gathering>closed' THEN
        NEW.closed_at := now();
    END IF;
    RETURN NEW;
END $$
""",
    "exchange_pool_freezes": f"""
CREATE FUNCTION public.exchange_pool_freezes() RETURNS trigger {DEFINER} AS $$
BEGIN
    INSERT INTO {TOTAL} (line_id, cartons, regions, reached)
    SELECT l.id, q.cartons, q.regions, (
        SELECT coalesce(max(t.packs), 1) FROM {TIER} t WHERE t.offer_id = l.offer_id AND t.packs <= q.cartons
    )
    FROM {LINE} l CROSS JOIN LATERAL (
        SELECT coalesce(sum(p.cartons), 0) AS cartons, count(*) AS regions
        FROM {PLEDGE} p JOIN {MEMBER} n ON n.pool_id = l.pool_id AND n.region_id = p.region_id AND n.state = 'joined'
        WHERE p.line_id = l.id
    ) q
    WHERE l.pool_id = NEW.id;
    RETURN NULL;
END $$
""",
    "exchange_pool_member_moves": f"""
CREATE FUNCTION public.exchange_pool_member_moves() RETURNS trigger {DEFINER} AS $$
DECLARE
    pool {POOL};
BEGIN
    SELECT * INTO pool FROM {POOL} WHERE id = NEW.pool_id FOR SHARE;
    IF pool.state <> 'gathering' THEN
        RAISE EXCEPTION 'nobody comes or goes once a joint purchase is closed' {REFUSED};
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF OLD.state || '>' || NEW.state NOT IN ('invited>joined', 'invited>left', 'joined>left', 'left>joined')
            OR pool.host_id = NEW.region_id
        THEN
            RAISE EXCEPTION 'a region does not go from % to %', OLD.state, NEW.state {REFUSED};
        END IF;
        IF NEW.state = 'left' THEN
            DELETE FROM {PLEDGE} q USING {LINE} l
            WHERE l.id = q.line_id AND l.pool_id = pool.id AND q.region_id = NEW.region_id;
        END IF;
        NEW.moved_at := now();
    END IF;
    RETURN NEW;
END $$
""",
    "exchange_pool_pledge_while_gathering": f"""
CREATE FUNCTION public.exchange_pool_pledge_while_gathering() RETURNS trigger {DEFINER} AS $$
DECLARE
    pledge {PLEDGE};
    pool {POOL};
BEGIN
    pledge := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    SELECT p.* INTO pool FROM {POOL} p JOIN {LINE} l ON l.pool_id = p.id WHERE l.id = pledge.line_id FOR SHARE OF p;
    IF pool.state <> 'gathering' THEN
        RAISE EXCEPTION 'what was pledged stands once a joint purchase is closed' {REFUSED};
    END IF;
    IF TG_OP = 'INSERT' AND NOT EXISTS (
        SELECT FROM {MEMBER} m WHERE m.pool_id = pool.id AND m.region_id = pledge.region_id AND m.state = 'joined'
    ) THEN
        RAISE EXCEPTION 'who has not joined pledges nothing' {REFUSED};
    END IF;
    RETURN pledge;
END $$
""",
    # With the caller's rights: all that it compares is the caller's own to read.
    "exchange_pooled_line_is_right": f"""
CREATE FUNCTION public.exchange_pooled_line_is_right() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM {ORDERED} o
        JOIN public.exchange_supplierorder h ON h.id = o.order_id
        JOIN {LINE} l ON l.id = NEW.line_id
        JOIN {POOL} p ON p.id = l.pool_id AND p.state = 'closed' AND p.supplier_id = h.supplier_id
        JOIN {OFFER} f ON f.id = l.offer_id AND f.public_id = o.offer
        JOIN {REACH} r ON r.line_id = l.id AND r.reached = NEW.reached
        JOIN {PLEDGE} q ON q.line_id = l.id AND q.region_id = h.region_id AND q.cartons <= o.packs
        WHERE o.id = NEW.order_line_id AND o.price = (
            SELECT t.price FROM {TIER} t WHERE t.offer_id = l.offer_id AND t.packs <= greatest(NEW.reached, o.packs)
            ORDER BY t.packs DESC LIMIT 1
        )
    ) THEN
        RAISE EXCEPTION 'this is not the price that the joint purchase reached' {REFUSED};
    END IF;
    RETURN NEW;
END $$
""",
}
TRIGGERS = [
    (MEMBER, "a_names_region", "BEFORE INSERT", "exchange_pool_names_region"),
    (EVENT, "a_names_region", "BEFORE INSERT", "exchange_pool_names_region"),
    (POOL, "whose_move", "BEFORE UPDATE", "exchange_pool_moves"),
    (MEMBER, "comes_and_goes", "BEFORE INSERT OR UPDATE", "exchange_pool_member_moves"),
    (PLEDGE, "while_gathering", "BEFORE INSERT OR DELETE", "exchange_pool_pledge_while_gathering"),
    (PLEDGE, "never_changed", "BEFORE UPDATE", "exchange_refuse_rewrite"),
    (POOLED, "is_right", "BEFORE INSERT", "exchange_pooled_line_is_right"),
    *((table, "never_changed", "BEFORE UPDATE OR DELETE", "exchange_refuse_rewrite") for table in (LINE, TOTAL, EVENT, POOLED)),
]

STATEMENTS = [(f"CREATE VIEW {name} {BARRIER} {body}", f"DROP VIEW {name}") for name, body in VIEWS.items()]
STATEMENTS += [(f"GRANT SELECT ON {name} TO warsa_region", f"REVOKE ALL ON {name} FROM warsa_region") for name in VIEWS]
for table, (region, seen, supplied) in RULES.items():
    STATEMENTS.append(
        (f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY", f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    )
    if region:
        STATEMENTS += [
            (f"GRANT {region} ON {table} TO warsa_region", f"REVOKE ALL ON {table} FROM warsa_region"),
            (f"CREATE POLICY own ON {table} FOR SELECT TO warsa_region USING ({seen})", f"DROP POLICY own ON {table}"),
        ]
    if supplied:
        STATEMENTS += [
            (f"GRANT SELECT ON {table} TO warsa_supplier", f"REVOKE ALL ON {table} FROM warsa_supplier"),
            (
                f"CREATE POLICY addressed ON {table} FOR SELECT TO warsa_supplier USING ({supplied})",
                f"DROP POLICY addressed ON {table}",
            ),
        ]
STATEMENTS += [
    (f"CREATE POLICY {name} ON {table} FOR {what} TO warsa_region {rule}", f"DROP POLICY {name} ON {table}")
    for table, name, what, rule in WRITES
]
STATEMENTS += [(body, f"DROP FUNCTION public.{name}()") for name, body in FUNCTIONS.items()]
STATEMENTS += [
    (
        f"CREATE TRIGGER {name} {when} ON {table} FOR EACH ROW EXECUTE FUNCTION public.{act}()",
        f"DROP TRIGGER {name} ON {table}",
    )
    for table, name, when, act in TRIGGERS
]
STATEMENTS.append(
    (
        f"CREATE TRIGGER freezes AFTER UPDATE ON {POOL} FOR EACH ROW"
        " WHEN (OLD.state = 'gathering' AND NEW.state = 'closed')"
        " EXECUTE FUNCTION public.exchange_pool_freezes()",
        f"DROP TRIGGER freezes ON {POOL}",
    )
)


class Migration(migrations.Migration):

    dependencies = [
        ("exchange", "0005_pools"),
        ("onboarding", "0007_regions_know_their_areas"),
    ]

    operations = [migrations.RunSQL([forth], [back]) for forth, back in STATEMENTS]
