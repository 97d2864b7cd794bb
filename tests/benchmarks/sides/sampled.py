"""Stock's executors of `migrate_schemas`, sent to a sample of schemas instead of every tenant in the registry."""

from __future__ import annotations

from typing import Any

from django_tenants.migration_executors import MultiprocessingExecutor, StandardExecutor

# Empty: as stock does it.
sample: list[str] = []


class Sampled(StandardExecutor):  # type: ignore[misc]
    codename = "sampled"

    def run_migrations(self, tenants: Any = None) -> None:
        super().run_migrations(tenants=list(sample or tenants))


class SampledInParallel(MultiprocessingExecutor):  # type: ignore[misc]
    codename = "sampled in parallel"

    def run_migrations(self, tenants: Any = None) -> None:
        super().run_migrations(tenants=list(sample or tenants))


def executor_for(codename: str | None = None) -> type:
    """Settings GET_EXECUTOR_FUNCTION."""
    return SampledInParallel if codename == "multiprocessing" else Sampled
