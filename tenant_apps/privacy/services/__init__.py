"""What may be done with what is kept of people."""

from tenant_apps.privacy.services.consenting import note_consent
from tenant_apps.privacy.services.copying import copy_of
from tenant_apps.privacy.services.erasing import ask_erasure, carry_out, hindrances_of, waiting_erasures
from tenant_apps.privacy.services.looking import note_look, note_looks

__all__ = [
    "ask_erasure",
    "carry_out",
    "copy_of",
    "hindrances_of",
    "note_consent",
    "note_look",
    "note_looks",
    "waiting_erasures",
]
