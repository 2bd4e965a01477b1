"""HTTP: one module for each kind of user."""
