# Sourced by ./test: a PostgreSQL of our own on a free port of this machine, as a user that is not root, with its
# address in SOLDER_TEST_POSTGRES_URL. Where none can be had, the variable stays unset and storage's tests say so.

stop_postgres() {
    [ -n "${postgres_folder:-}" ] || return 0
    as_postgres "$postgres_programs/pg_ctl" -D "$postgres_folder/data" -m immediate stop >/dev/null 2>&1
    rm -rf "$postgres_folder"
    postgres_folder=
}

as_postgres() {
    if [ "$(id -u)" = 0 ]; then (cd / && setpriv --reuid=postgres --regid=postgres --clear-groups "$@"); else "$@"; fi
}

start_postgres() {
    local port
    if ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then
        { apt-get update && apt-get install -y --no-install-recommends postgresql; } >/dev/null 2>&1
    fi
    postgres_programs=$(dirname "$(ls /usr/lib/postgresql/*/bin/initdb 2>/dev/null | sort -V | tail -n 1)")
    [ -x "$postgres_programs/initdb" ] || { echo "   no PostgreSQL here: its half of storage's tests is left out"; return 1; }
    postgres_folder=$(mktemp -d)
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    [ "$(id -u)" != 0 ] || chown postgres: "$postgres_folder"
    as_postgres "$postgres_programs/initdb" -D "$postgres_folder/data" -U solder --auth=trust --no-sync >/dev/null &&
        as_postgres "$postgres_programs/pg_ctl" -D "$postgres_folder/data" -w -l "$postgres_folder/log" \
            -o "-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories=$postgres_folder -c fsync=off -c max_connections=200" \
            start >/dev/null || { stop_postgres; return 1; }
    export SOLDER_TEST_POSTGRES_URL="postgres://solder@127.0.0.1:$port/postgres"
}

if [ -z "${SOLDER_TEST_POSTGRES_URL:-}" ]; then start_postgres; fi
