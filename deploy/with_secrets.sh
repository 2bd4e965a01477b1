#!/bin/sh
# Gives each file in /run/secrets to the command as an environment variable of its name in capitals, so that no
# secret stands in a compose file, an image or a command line.
set -eu
for file in /run/secrets/*; do
    [ -s "$file" ] || continue
    name=$(basename "$file" | tr '[:lower:]' '[:upper:]')
    export "$name=$(cat "$file")"
done
exec "$@"
