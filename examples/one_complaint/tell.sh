#!/bin/sh
# One complaint through three stages and the Ombudsman, with a correction on the way, then read again as an
# auditor would: as it stood on five dates, and as it was known at five instants.
#
#   CASEWORKER_KEY=... AUDITOR_KEY=... sh examples/one_complaint/tell.sh [URL]
#
# Needs curl and python3, which only picks fields out of answers.
set -eu
url=${1:-http://127.0.0.1:8000}
here=$(dirname "$0")

field() { python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"; }

shown() {
    python3 -c '
import json, sys
seen = json.load(sys.stdin)
owed = [one for one in seen["deadlines"] if one["waiting_on"] in ("council", "panel")]
said = ", ".join("%s by %s" % (one["obligation"], one["due_on"] or "no fixed day") for one in owed)
print("%s, received %s; owed: %s" % (seen["state"], seen["received_on"], said or "nothing"))'
}

read_it() {
    printf '  %-44s ' "$1"
    curl -sf -G "$url/v1/complaints/$id" -H "Authorization: Bearer $AUDITOR_KEY" --data-urlencode "$1" | shown
}

answer=$(curl -sf "$url/v1/complaints" -H "Authorization: Bearer $CASEWORKER_KEY" \
    -H 'Content-Type: application/json' --data-binary "@$here/received.json")
id=$(printf '%s' "$answer" | field id)
instant=$(printf '%s' "$answer" | field recorded_at)
printf 'received: %s\n' "$answer"

version=1
instants=$instant
while read -r event body; do
    answer=$(curl -sS --fail-with-body -X POST "$url/v1/complaints/$id/$event" \
        -H "Authorization: Bearer $CASEWORKER_KEY" -H "If-Match: \"$version\"" \
        -H 'Content-Type: application/json' --data-binary "$body") || { printf '%s: %s\n' "$event" "$answer"; exit 1; }
    version=$(printf '%s' "$answer" | field version)
    printf '%3s %s %s\n' "$version" "$event" "$body"
    case $event in
    stage_responded | ip_appointed | correction_recorded | lgsco_decided)
        instants="$instants $(printf '%s' "$answer" | field recorded_at)" ;;
    esac
done <"$here/steps.txt"

echo 'As it stood, with what is known now:'
for day in 2025-03-10 2025-03-20 2025-05-12 2025-08-18 2026-02-20; do read_it "as_of=$day"; done
echo 'As it was known at the instants of receipt, answer, appointment, correction and decision:'
for instant in $instants; do read_it "known_at=$instant"; done
