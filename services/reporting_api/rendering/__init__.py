"""Answers as files: one module per format."""
