"""Standard calls: the queries that every table has, written as SQL and put through the same stages as the author's."""
