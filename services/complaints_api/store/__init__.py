"""Everything that knows SQL: the event log, sealed personal data, keys, idempotency."""
