"""The asynchronous code, and the source of the blocking one."""
