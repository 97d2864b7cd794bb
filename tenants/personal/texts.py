"""Where people write what they like: there, and nowhere else, a name is looked for when its person is forgotten."""

from __future__ import annotations

# Columns by name, in every table that has one. A test asks of each new text column whether it belongs here.
FREE = frozenset(
    {
        "answer",
        "decision",
        "explanation",
        "file_name",
        "kind_text",
        "last_error",
        "note",
        "observer",
        "over_reason",
        "reason",
        "reversal_reason",
        "seller",
        "signed_by",
        "void_reason",
        "withdrawn_reason",
    }
)
# Of one table alone; JSON among them, of which only texts are changed, never names of fields.
FREE_OF = frozenset(
    {
        "agent_banking_accountreferral.name",
        "agent_banking_agenttransaction.customer_name",
        "agent_banking_bankstatement.table",
        "api_idempotencyrecord.body",
        "ledger_journalentry.text",
        "notifications_notice.body",
        "notifications_notice.subject",
        "outbox_outboxmessage.payload",
        "pricing_observationimport.text",
    }
)


def is_free(table: str, column: str) -> bool:
    return column in FREE or f"{table}.{column}" in FREE_OF
