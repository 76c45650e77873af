"""The asynchronous test doubles, and the source of the blocking ones."""
