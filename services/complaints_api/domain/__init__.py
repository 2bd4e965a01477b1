"""The decisions: what may happen to a complaint, as pure functions of its history and a given day."""
