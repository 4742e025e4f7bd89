"""``/docs``: the OpenAPI document as a page that loads nothing from elsewhere.

The usual viewer is a script from a foreign host, on a page where people would type their token.
"""

import json
from collections.abc import Callable, Iterator
from html import escape
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

OPENAPI = "/openapi.json"
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 52rem; margin: 2rem auto; padding: 0 1rem; }
h2 { font-size: 1.1rem; margin-bottom: .2rem; } code, pre { font-family: ui-monospace, monospace; }
pre { background: #f4f4f4; color: #111; padding: .8rem; overflow-x: auto; }
td, th { text-align: left; padding: .1rem 1rem .1rem 0; vertical-align: top; }
"""


def docs(openapi: Callable[[], dict[str, Any]]) -> APIRouter:
    """Make the page's route."""
    router = APIRouter()

    @router.get("/docs", include_in_schema=False)
    def page() -> HTMLResponse:
        return HTMLResponse(draw(openapi()), headers={"Content-Security-Policy": POLICY})

    return router


def draw(document: dict[str, Any]) -> str:
    """Draw the document: every operation with its parameters and bodies, then the shapes they name."""
    info = document["info"]
    return "\n".join(
        [
            f"<!doctype html><html lang=en><meta charset=utf-8><title>{escape(info['title'])}</title>",
            f"<style>{STYLE}</style><h1>{escape(info['title'])}</h1>",
            f"<p>{escape(info['description'])}</p>",
            f"<p>The same for machines, by OpenAPI {document['openapi']}:",
            f"<a href={OPENAPI}>{OPENAPI}</a></p>",
            *_operations(document),
            "<h1>Shapes</h1>",
            *(_shape(name, each) for name, each in sorted(document["components"]["schemas"].items())),
            "</html>",
        ]
    )


def _operations(document: dict[str, Any]) -> Iterator[str]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            lock = " 🔒" if operation.get("security") else ""
            yield f"<h2><code>{method.upper()} {escape(path)}</code>{lock}</h2>"
            yield f"<p>{escape(operation['summary'])}</p>"
            rows = [_parameter(each) for each in operation.get("parameters", [])]
            if rows:
                yield f"<table>{''.join(rows)}</table>"
            content = operation.get("requestBody", {}).get("content", {})
            yield from (f"<p>Body: {_json(each['schema'])}</p>" for each in content.values())


def _parameter(parameter: dict[str, Any]) -> str:
    cells = parameter["name"], parameter["in"], _json(parameter["schema"])
    name, place, schema = cells
    return f"<tr><th><code>{escape(name)}</code></th><td>{place}</td><td>{schema}</td></tr>"


def _shape(name: str, schema: dict[str, Any]) -> str:
    text = escape(json.dumps(schema, indent=2, ensure_ascii=False))
    return f"<h2 id={escape(name, quote=True)}>{escape(name)}</h2><pre>{text}</pre>"


def _json(schema: dict[str, Any]) -> str:
    return f"<code>{escape(json.dumps(schema, ensure_ascii=False))}</code>"
