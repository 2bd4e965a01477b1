"""`/docs` and `/openapi.json`, without a network: Swagger UI is served from the installed package."""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi_swagger import patch_fastapi


def use_offline_documentation(
    app: FastAPI, schemas: Mapping[str, Any], security_schemes: Mapping[str, Any]
) -> None:
    """Describe the application with its own component schemas, and serve the description to people."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _described(app, schemas, security_schemes)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign] # how FastAPI lets a description be replaced
    patch_fastapi(app, docs_url="/docs")


def _described(
    app: FastAPI, schemas: Mapping[str, Any], security_schemes: Mapping[str, Any]
) -> dict[str, Any]:
    found = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    components = found.setdefault("components", {})
    components["schemas"] = dict(sorted({**components.get("schemas", {}), **schemas}.items()))
    components["securitySchemes"] = dict(security_schemes)
    return found
