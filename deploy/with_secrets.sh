#!/bin/sh
# Gives each file in /run/secrets to the command as an environment variable of its name in capitals, so that no
# secret stands in a compose file, an image or a command line. A file that a variable names already stays a file.
set -eu
for file in /run/secrets/*; do
    [ -s "$file" ] || continue
    case "$(env)" in *"_FILE=$file"*) continue ;; esac
    name=$(basename "$file" | tr '[:lower:]' '[:upper:]')
    export "$name=$(cat "$file")"
done
exec "$@"
