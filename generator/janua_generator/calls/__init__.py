"""Calls that are not one set of values in and all rows out: streams, copies, batches, bulk inserts."""
