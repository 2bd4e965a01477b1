#!/bin/sh
# Writes what the compose file needs into deploy/secrets, once; what is there already stays.
set -eu
umask 077
folder=$(dirname "$0")/secrets
mkdir -p "$folder"

random() { od -An -tx1 -N24 /dev/urandom | tr -d ' \n'; }

write() { [ -e "$folder/$1" ] || printf '%s' "$2" >"$folder/$1"; }

write complaints_password "$(random)"
write reporting_password "$(random)"
write postgres_password "$(random)"
write database_url "postgresql://complaints:$(cat "$folder/complaints_password")@postgres:5432/complaints"
write reporting_database_url "postgresql://reporting:$(cat "$folder/reporting_password")@postgres:5432/reporting"
write smtp_password '' # empty until the mail server wants one
[ -e "$folder/kek" ] || head -c 32 /dev/urandom >"$folder/kek"
# The containers' account is not the caller's: the files are readable, the folder is closed.
chmod 0644 "$folder"/*
