#!/bin/sh
# A base backup a day; a failed one is tried again after an hour.
set -eu

bases=/var/lib/warsa/backup/bases
wal=/var/lib/warsa/backup/wal
while true; do
    if python -m infra.backup.base --into "$bases" --wal "$wal" --keep "${WARSA_BACKUP_KEEP:-7}"; then
        sleep 86400
    else
        sleep 3600
    fi
done
