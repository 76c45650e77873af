"""Queries of which parts may be left out: which parts, in which combinations, and what all of these have in common."""
