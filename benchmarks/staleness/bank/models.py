"""
The models, imported once Django is set up. Their tables are made by the project's migration, for all alike.

What follows a foreign key is what Django's documentation has first, ``CASCADE`` and ``SET_NULL``, both of which Django
does itself; with ``DATABASE_CASCADE`` in the settings it is left to the database.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models

_CASCADE = models.DO_NOTHING if settings.DATABASE_CASCADE else models.CASCADE
_SET_NULL = models.DO_NOTHING if settings.DATABASE_CASCADE else models.SET_NULL


class Owner(models.Model):
    """Has accounts and badges."""

    id = models.IntegerField(primary_key=True)
    name = models.TextField()
    touched = models.IntegerField(default=0)

    class Meta:
        """Names the table."""

        db_table = "owners"


class Account(models.Model):
    """Has a balance; a trigger counts its changes in its owner's row."""

    id = models.IntegerField(primary_key=True)
    owner = models.ForeignKey(Owner, _CASCADE)
    balance = models.IntegerField()
    if settings.WIDE:
        note = models.TextField(default="")

    class Meta:
        """Names the table."""

        db_table = "accounts"


class Movement(models.Model):
    """Of an account."""

    id = models.IntegerField(primary_key=True)
    account = models.ForeignKey(Account, _CASCADE)
    amount = models.IntegerField()

    class Meta:
        """Names the table."""

        db_table = "movements"


class Badge(models.Model):
    """Stays when its owner goes."""

    id = models.IntegerField(primary_key=True)
    owner = models.ForeignKey(Owner, _SET_NULL, null=True)

    class Meta:
        """Names the table."""

        db_table = "badges"


class Slow(models.Model):
    """What takes long to be committed."""

    id = models.IntegerField(primary_key=True)
    balance = models.IntegerField()

    class Meta:
        """Names the table."""

        db_table = "slow"


class Rich(models.Model):
    """A view of accounts."""

    id = models.IntegerField(primary_key=True)
    owner_id = models.IntegerField()
    balance = models.IntegerField()

    class Meta:
        """Names the view."""

        db_table = "rich"
        managed = False


class Total(models.Model):
    """A materialized view of accounts."""

    id = models.IntegerField(primary_key=True)
    total = models.IntegerField()

    class Meta:
        """Names the view."""

        db_table = "totals"
        managed = False


class Event(models.Model):
    """A row of the partitioned table."""

    id = models.IntegerField(primary_key=True)
    at = models.DateField()

    class Meta:
        """Names the table."""

        db_table = "events"


class Event2026(models.Model):
    """A row of one of its partitions."""

    id = models.IntegerField(primary_key=True)
    at = models.DateField()

    class Meta:
        """Names the partition."""

        db_table = "events_2026"


class Place(models.Model):
    """A row of the table that another one inherits from."""

    id = models.IntegerField(primary_key=True)
    name = models.TextField()

    class Meta:
        """Names the table."""

        db_table = "places"


class Town(models.Model):
    """A row of the table that inherits."""

    id = models.IntegerField(primary_key=True)
    name = models.TextField()
    mayor = models.TextField()

    class Meta:
        """Names the table."""

        db_table = "towns"


class Odd(models.Model):
    """A row of a table whose names have to be quoted."""

    id = models.IntegerField(primary_key=True)
    size = models.IntegerField(db_column="größe")

    class Meta:
        """Names the table; Django quotes it, but not what is in it."""

        db_table = 'Odd ""Name"" s'


class SideAccount(models.Model):
    """A row of the table in the other schema."""

    id = models.IntegerField(primary_key=True)
    balance = models.IntegerField()

    class Meta:
        """Names the table; Django leaves a name alone that begins and ends with quotes."""

        db_table = '"side"."accounts"'


class Secret(models.Model):
    """A row that one tenant may see."""

    id = models.IntegerField(primary_key=True)
    secret = models.TextField()

    class Meta:
        """Names the table."""

        db_table = "secrets"
