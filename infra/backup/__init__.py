"""Whole-fleet backup with PostgreSQL's own programs: base backups, streamed WAL, and recovery to a moment.

One module per act, each a command of its own (`python -m infra.backup.base --help`); docs/backup.md tells when to use which.
"""
