"""`$metadata`: what an OData service offers, as CSDL 4.0."""

from collections.abc import Iterable, Mapping
from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring

from reporting_api.database.views import Kind, Rows

NAMESPACE: Final = "reporting"
CONTAINER: Final = "figures"

_EDMX: Final = "http://docs.oasis-open.org/odata/ns/edmx"
_EDM: Final = "http://docs.oasis-open.org/odata/ns/edm"
_DESCRIPTION: Final = "Org.OData.Core.V1.Description"
_CAPABILITIES: Final = "Org.OData.Capabilities.V1"
_FUNCTIONS: Final = ("contains", "startswith", "endswith")
_TYPES: Final[Mapping[Kind, Mapping[str, str]]] = {
    "text": {"Type": "Edm.String"},
    "integer": {"Type": "Edm.Int64"},
    "decimal": {"Type": "Edm.Decimal", "Precision": "18", "Scale": "2"},
    "date": {"Type": "Edm.Date"},
    "boolean": {"Type": "Edm.Boolean"},
}


def metadata(sets: Iterable[Rows]) -> bytes:
    """The document: an entity type for each set of rows, and the container that holds the sets."""
    sets = tuple(sets)
    document = Element("edmx:Edmx", {"xmlns:edmx": _EDMX, "Version": "4.0"})
    services = SubElement(document, "edmx:DataServices")
    schema = SubElement(services, "Schema", {"xmlns": _EDM, "Namespace": NAMESPACE})
    for rows in sets:
        _entity_type(schema, rows)
    container = SubElement(schema, "EntityContainer", {"Name": CONTAINER})
    for rows in sets:
        kind = f"{NAMESPACE}.{rows.name}"
        SubElement(container, "EntitySet", {"Name": rows.name, "EntityType": kind})
    _capabilities(container)
    text: str = tostring(document, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}'.encode()


def _entity_type(schema: Element, rows: Rows) -> None:
    entity = SubElement(schema, "EntityType", {"Name": rows.name})
    key = SubElement(entity, "Key")
    for name in rows.key:
        SubElement(key, "PropertyRef", {"Name": name})
    for name, kind in rows.kinds.items():
        nullable = {"Nullable": "false"} if name in rows.key else {}
        column = SubElement(entity, "Property", {"Name": name, **_TYPES[kind], **nullable})
        _described(column, rows.meanings.get(name, ""))
    _described(entity, rows.says)


def _described(element: Element, text: str) -> None:
    if text:
        SubElement(element, "Annotation", {"Term": _DESCRIPTION, "String": text})


def _capabilities(container: Element) -> None:
    """Which functions a client may send instead of filtering by itself."""
    functions = SubElement(container, "Annotation", {"Term": f"{_CAPABILITIES}.FilterFunctions"})
    collection = SubElement(functions, "Collection")
    for name in _FUNCTIONS:
        SubElement(collection, "String").text = name
    batch = {"Term": f"{_CAPABILITIES}.BatchSupported", "Bool": "false"}
    SubElement(container, "Annotation", batch)
