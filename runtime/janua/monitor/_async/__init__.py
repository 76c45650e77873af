"""The asynchronous monitor, and the source of the blocking one."""
