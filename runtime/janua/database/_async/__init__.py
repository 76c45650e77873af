"""The asynchronous database, and the source of the blocking one."""
