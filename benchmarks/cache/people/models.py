"""The model, imported once Django is set up."""

from __future__ import annotations

from django.db import models


class User(models.Model):
    """A row."""

    id = models.IntegerField(primary_key=True)
    name = models.TextField()
    email = models.TextField()

    class Meta:
        """Names the table, which the benchmark makes."""

        db_table = "users"
