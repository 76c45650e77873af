"""The table of the benchmark, as an application of Django's."""
