"""The table for Django's ORM; imported once Django is set up."""

from __future__ import annotations

from django.db import models


class Human(models.Model):
    """A row."""

    id = models.UUIDField(primary_key=True)
    email = models.TextField()
    name = models.TextField()
    score = models.FloatField()
    is_active = models.BooleanField()
    created_at = models.DateTimeField()

    class Meta:
        """Names the table, which Django did not make."""

        app_label = "people"
        db_table = "people"
        managed = False
