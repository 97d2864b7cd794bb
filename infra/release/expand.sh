#!/bin/sh
# The schema goes first, the code follows (docs/migrations.md). Run by the new release while the old one serves; may run again at any time.
# Ends with a status other than 0 when a wave failed: then nothing else of the release may start.
set -eu

warsa check --deploy --fail-level ERROR
warsa migrate_schemas --shared
warsa areas load
# Waves of 1, 10, 100 regions, then the rest; stops by itself when too many fail.
warsa fleet migrate
# New code fails in a region that stayed behind: bring it along or suspend it, then say so.
if [ "${WARSA_ACCEPT_PARKED:-false}" = true ]; then
    warsa fleet status
else
    warsa fleet status --check
fi
