"""Letters: which there are, what the law wants in them, and how they are written, checked and sent."""
