"""What both services do alike: settings, problem documents, keys, limits, offline documentation.

Knows nothing of complaints, reports or SQL.
"""
