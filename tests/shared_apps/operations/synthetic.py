"""A fleet that is rows of public alone: a region for each kecamatan with its figures, written by a few statements.

No schema stands behind them, so nothing but pages of the platform may be asked. The same number makes the same fleet.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.db.models import Max
from django.db.models.functions import MD5

from shared_apps.regions.models import Area, Level
from tenants.kernel import clock
from tenants.models import Region
from tenants.schemas.release import current_version

_SYNTHETIC = r"""
WITH synthetic AS (
  SELECT id, row_number() OVER (ORDER BY id) AS n,
    substr(schema_name, 6, 2) || '.' || substr(schema_name, 8, 2) || '.' || substr(schema_name, 10, 2) AS code
  FROM tenants_region WHERE schema_name LIKE 't\_syn%' AND id > %(after)s)
"""
_FIGURES = (
    """INSERT INTO onboarding_registration (public_id, state, area_codes, name, slug, applicant_name, applicant_position,
      institution, email,  phone, proof, proof_type, services, source_hash, reason, region_id, created_at, updated_at)
SELECT gen_random_uuid(), 'live', jsonb_build_array(code), code, '', '', '', '', '', '', '', '', '[]', '', '', id,
      now(), now() FROM synthetic""",
    """INSERT INTO tenants_domain (domain, is_primary, tenant_id)
    SELECT 'syn-' || replace(code, '.', '') || '.localhost', true, id FROM synthetic""",
    """INSERT INTO onboarding_coverageclaim (kecamatan_code, registration_id, region_id)
    SELECT s.code, r.id, s.id FROM synthetic s JOIN onboarding_registration r ON r.region_id = s.id""",
    """INSERT INTO operations_regionrollup (region_id, measured_at, thorough_at, area_code, area_whole, warungs, orders_30d, gmv_30d,
      last_order_at, members, savings, errors_24h, queue_depth, storage_bytes, plan, billing_state, backup_at, restore_proof_at,
      restore_proof_passed)
    SELECT id, now() - CASE WHEN n % 30 = 0 THEN interval '2 hours' ELSE interval '2 minutes' END, now(), code, true,
      n % 230, n % 230 * 40, (n % 230 * 40)::bigint * 23500, now() - n % 300 * interval '1 minute', n % 900, n % 900 * 45000,
      CASE WHEN n % 20 = 0 THEN n % 7 ELSE 0 END, n % 3, 4000000 + n * 1000, (ARRAY['Gratis', 'Kecamatan', 'Kota'])[1 + n % 3],
      'active', now() - n % 60 * interval '1 hour', now() - n % 9 * interval '1 day', n % 500 <> 0 FROM synthetic""",
    """INSERT INTO operations_districtfigures (region_id, code, warungs, orders_30d, gmv_30d)
    SELECT id, code, n % 230, n % 230 * 40, (n % 230 * 40)::bigint * 23500 FROM synthetic""",
    """INSERT INTO operations_districtday (region_id, code, day, warungs, orders, gmv)
    SELECT id, code, current_date - d, n % 230 - d / 10, (n + d) % 60, ((n + d) % 60)::bigint * 23500
    FROM synthetic, generate_series(0, %(days)s - 1) AS d""",
    """INSERT INTO operations_areaday (code, day, warungs, orders, gmv)
    SELECT CASE WHEN grouping(p) = 1 THEN '' WHEN grouping(r) = 1 THEN p ELSE r END, day, sum(warungs), sum(orders), sum(gmv)
    FROM (SELECT left(code, 2) p, left(code, 5) r, * FROM operations_districtday) d
    GROUP BY GROUPING SETS ((day), (day, p), (day, p, r))
    ON CONFLICT (code, day) DO UPDATE SET warungs = excluded.warungs, orders = excluded.orders, gmv = excluded.gmv""",
    """INSERT INTO operations_areatarget (area_code, measure, amount, valid_from, source, by, created_at)
    SELECT DISTINCT left(code, 5), 'warungs', 2500, date '2026-01-01', 'synthetic', 'system:test', now() FROM synthetic
    ON CONFLICT DO NOTHING""",
    """INSERT INTO fleet_drift (region_id, version, differences, number, first_seen_at, found_at)
    SELECT id, 'x', '[]', 1 + n % 3, now(), now() FROM synthetic WHERE n % 150 = 0""",
)


def lay_out(many: int, *, days: int = 90) -> None:
    """So many synthetic regions more, each of one kecamatan, with `days` days behind them.

    Inside a transaction, with the platform's rights.
    """
    version, now = current_version(), clock.now()
    after = Region.objects.aggregate(last=Max("pk", default=0))["last"]
    taken = Region.objects.filter(coverage__isnull=False).values("coverage__kecamatan_code")
    free = Area.objects.filter(level=Level.DISTRICT, retired_on=None).exclude(code__in=taken)
    # In an order that spreads them: a small fleet has some in many provinces.
    chosen = free.order_by(MD5("code")).values_list("code", "name")[:many]
    Region.objects.bulk_create(
        Region(
            schema_name="t_syn" + code.replace(".", ""),
            name=name,
            status="suspended" if number % 40 == 0 else "building" if number % 97 == 0 else "ready",
            schema_version="feedfeedfeedfeed" if number % 50 == 0 else version,
            ready_at=now - timedelta(hours=number),
        )
        for number, (code, name) in enumerate(chosen, 1)
    )
    with connection.cursor() as cursor:
        for statement in _FIGURES:
            # Plain numbers of ours, put in by hand: the statements have percent signs of their own.
            cursor.execute((_SYNTHETIC + statement).replace("%(days)s", str(days)).replace("%(after)s", str(after)))
