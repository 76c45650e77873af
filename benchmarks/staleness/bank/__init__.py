"""The tables of the comparison, as an application of Django's."""
