#!/bin/sh
# Run once by the PostgreSQL image on an empty volume: one account and one database for each service. The accounts
# may make no roles, so the roles that the complaints service works as and that dashboards read as are made here.
set -eu
for service in complaints reporting; do
    psql --set ON_ERROR_STOP=1 --set name="$service" --set password="$(cat "/run/secrets/${service}_password")" <<'SQL'
CREATE ROLE :"name" LOGIN PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name" ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0;
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
SQL
done
psql --set ON_ERROR_STOP=1 --command 'CREATE ROLE complaints_service NOLOGIN' \
    --command 'GRANT complaints_service TO complaints' --command 'CREATE ROLE reporting_reader NOLOGIN'
