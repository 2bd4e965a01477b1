"""The published language of the complaints record.

Every event, code list, procedure and legal clock that both services share. Pure: no web, no SQL, no
input or output. Whatever is decided here is decided once, for the command side and for the reports.
"""
