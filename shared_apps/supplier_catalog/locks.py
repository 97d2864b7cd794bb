"""The only place that locks what several changes of a supplier's catalogue share. Each lock ends with the transaction."""

from __future__ import annotations

from shared_apps.supplier_catalog.models import SupplierOrganisation


def hold_catalogue_of(organisation: SupplierOrganisation) -> None:
    """Nobody else publishes or ends anything of this supplier until the transaction ends. Taken before all else."""
    SupplierOrganisation.objects.select_for_update(no_key=True).only("pk").get(pk=organisation.pk)
