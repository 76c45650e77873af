"""The asynchronous seeder, and the source of the blocking one."""
