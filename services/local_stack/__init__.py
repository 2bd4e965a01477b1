"""Runs the whole product on one machine for a first look and for tests: nothing in production needs it."""
