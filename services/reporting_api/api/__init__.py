"""The HTTP interface of the reporting service: one module per kind of user."""
