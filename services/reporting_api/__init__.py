"""The query side: facts made from the feed, and every published table made from facts."""
