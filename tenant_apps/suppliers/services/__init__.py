"""What a region decides about suppliers' articles."""

from tenant_apps.suppliers.services.adopting import adopt, adopt_as_new, end, pause, resume
from tenant_apps.suppliers.services.changing import (
    Answer,
    Refusal,
    answer,
    answer_all,
    apply_next_cycle_changes,
    find_changes,
)

__all__ = [
    "Answer",
    "Refusal",
    "adopt",
    "adopt_as_new",
    "answer",
    "answer_all",
    "apply_next_cycle_changes",
    "end",
    "find_changes",
    "pause",
    "resume",
]
