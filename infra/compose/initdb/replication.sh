#!/bin/sh
# The image lets everybody with a password in, but for replication nobody from the network: the backup's stream is.
set -eu
echo "host replication warsa_backup samenet scram-sha-256" >> "$PGDATA/pg_hba.conf"
