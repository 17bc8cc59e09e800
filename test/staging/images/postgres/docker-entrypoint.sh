#!/bin/sh
# What the official image's entry point does, in its essentials: makes the cluster on the first
# start, as POSTGRES_USER, POSTGRES_PASSWORD and POSTGRES_DB say, and runs the server as postgres.
set -eu

as_postgres() {
  if [ -x /usr/bin/setpriv ]; then
    exec setpriv --reuid=postgres --regid=postgres --init-groups "$@"
  fi
  # shellcheck disable=SC2016
  exec su -s /bin/sh postgres -c 'exec "$0" "$@"' "$@"
}

make_cluster() {
  : "${POSTGRES_PASSWORD:?set POSTGRES_PASSWORD to a password for the superuser}"
  user=${POSTGRES_USER:-postgres}
  database=${POSTGRES_DB:-$user}
  password_file=$(mktemp)
  printf '%s\n' "$POSTGRES_PASSWORD" >"$password_file"
  initdb --username="$user" --pwfile="$password_file" --auth-local=trust --auth-host=trust
  rm "$password_file"
  printf '\nhost all all all scram-sha-256\n' >>"$PGDATA/pg_hba.conf"
  printf "\nlisten_addresses = '*'\n" >>"$PGDATA/postgresql.conf"
  # Nobody may connect, nor take it for healthy over TCP, before the database is there.
  pg_ctl -w start -o "-c listen_addresses=''"
  if [ "$database" != postgres ]; then
    createdb --username="$user" --maintenance-db=postgres "$database"
  fi
  pg_ctl -w -m fast stop
}

if [ "$1" = postgres ]; then
  if [ "$(id -u)" = 0 ]; then
    mkdir -p "$PGDATA"
    chown -R postgres:postgres "$PGDATA" /var/run/postgresql
    chmod 700 "$PGDATA"
    as_postgres "$0" "$@"
  fi
  [ -s "$PGDATA/PG_VERSION" ] || make_cluster
fi
exec "$@"
