#!/bin/sh
# A release without a request lost: `WARSA_IMAGE=warsa:2 sh infra/release/roll.sh`, from the root of the repository.
#
#   1. expand: the new release's roles, migrations and fleet wave, while the old one serves; a failure ends here, and the old one goes on
#   2. web, one process after the other; each must be healthy before the next is touched
#   3. worker, beat, metrics
#   4. contract: nothing to do now. What the old code needed is taken away by the next release (docs/migrations.md)
#
# Back: the same with the former image. Its code lives with the new schema, for step 1 only adds.
set -eu

: "${WARSA_IMAGE:?name the image of the new release}"
export WARSA_IMAGE
compose() {
    docker compose --project-directory . --file infra/compose/compose.yaml "$@"
}

healthy() {
    tries=0
    until [ "$(docker inspect --format '{{.State.Health.Status}}' "$(compose ps --quiet "$1")")" = healthy ]; do
        tries=$((tries + 1))
        if [ "$tries" -ge "${WARSA_ROLL_TRIES:-60}" ]; then
            echo "$1 does not become healthy; the rest stays as it was. See: docker compose logs $1" >&2
            exit 1
        fi
        sleep "${WARSA_ROLL_WAIT:-2}"
    done
}

compose run --rm --no-deps roles
compose run --rm --no-deps migrate
for service in web-a web-b worker; do
    compose up --detach --no-deps "$service"
    healthy "$service"
done
compose up --detach --no-deps beat metrics
echo "Released $WARSA_IMAGE."
