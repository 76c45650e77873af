"""
The entity-relationship picture of a schema: tables, their columns, and lines for foreign keys.

    Catalog ──entities──▶ Entity, Reference ──layers, nets──▶ columns, Net ──places, routes──▶ coordinates ──svg──▶ text

Tables stand in columns, what is referred to left of what refers to it. Lines run between the columns, and through
them only in lanes that are kept free: so none can cross a table.
"""

from janua_generator.diagram.drawing import draw

__all__ = ["draw"]
