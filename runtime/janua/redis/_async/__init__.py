"""The asynchronous Redis, and the source of the blocking one."""
