"""The asynchronous migrator, and the source of the blocking one."""
