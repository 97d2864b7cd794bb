"""An archive proves that its numbers open; an earlier state that is taken back learns who was forgotten since."""

from __future__ import annotations

from typing import Any

from tenant_apps.privacy.models import Erasure
from tenant_apps.privacy.services import waiting_erasures
from tenant_apps.privacy.tasks import carry_out_erasure
from tenants.backup.hooks import Proof, after_swap, carried_over, region_proof
from tenants.personal.resealing import sealed_columns
from tenants.personal.sealing import Unreadable
from tenants.registry import in_regions
from tenants.schemas.names import quoted

_KEPT = "number, public_id, rows, reason, by, asked_at, changed, refused"


@region_proof("numbers")
def sealed_numbers() -> Proof:
    """How many sealed numbers there are, and how many of them a key here opens: elsewhere, without the keys, none would."""
    there, opened = 0, 0
    for model, field, _index in sealed_columns():
        if in_regions(model._meta.app_label):
            for number in (
                model._default_manager.exclude(**{field.name: ""}).values_list(field.name, flat=True).iterator()
            ):
                there += 1
                opened += not isinstance(number, Unreadable)
    return {"there": there, "opened": opened}


@carried_over("erasures")
def carry_erasures(cursor: Any, live: str, other: str) -> None:
    """They wait there anew: by their ids, for nothing else is known of these people any more."""
    table = Erasure._meta.db_table
    cursor.execute(
        f"INSERT INTO {quoted(other)}.{table} ({_KEPT}, state, needles)"
        f" SELECT {_KEPT}, 'asked', needles FROM {quoted(live)}.{table} AS here"
        f" WHERE NOT EXISTS (SELECT FROM {quoted(other)}.{table} AS back"
        "   WHERE back.public_id = here.public_id AND back.state = 'done')"
        " ON CONFLICT DO NOTHING"
    )


@after_swap("erasures")
def forget_again() -> None:
    for pk in waiting_erasures():
        carry_out_erasure.on_commit(pk)
