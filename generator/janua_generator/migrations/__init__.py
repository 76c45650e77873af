"""What a generator can tell of migrations: whether they can be taken back, and what they do to traffic and queries."""
