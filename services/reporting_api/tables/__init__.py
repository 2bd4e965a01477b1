"""The report tables: each is one entry, a row of data plus its SQL over the facts."""
