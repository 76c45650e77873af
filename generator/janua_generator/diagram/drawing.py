"""From a catalog to the picture."""

from __future__ import annotations

from janua_generator.catalog.model import Catalog
from janua_generator.diagram.entities import entities_of
from janua_generator.diagram.layers import assign_columns
from janua_generator.diagram.nets import nets_of
from janua_generator.diagram.places import place
from janua_generator.diagram.routes import route
from janua_generator.diagram.svg import to_svg


def draw(catalog: Catalog, heading: str) -> str:
    """
    Return the picture of a schema as SVG, readable on light and on dark ground; the same schema gives the same text.

    ``heading`` is its first line, as a comment.
    """
    entities, references = entities_of(catalog)
    columns = assign_columns(entities, references)
    nets = nets_of(references, columns)
    places = place(entities, columns, nets)
    return to_svg(entities, columns, nets, places, route(entities, columns, nets, places), heading)
