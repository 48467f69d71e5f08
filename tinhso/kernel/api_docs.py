"""The description of the API as a page: the usual viewers want scripts from elsewhere, which our policy refuses."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tinhso.kernel.api import api, open_api


@require_safe
def api_docs(request: HttpRequest) -> HttpResponse:
    open_api()
    description = api.get_openapi_schema()
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            groups.setdefault(operation["tags"][0], []).append(_operation(method, path, operation, description))
    return render(request, "kernel/api_docs.html", {"groups": groups.items()})


def _operation(method: str, path: str, operation: dict[str, Any], description: dict[str, Any]) -> dict[str, Any]:
    parameters = [
        {"name": one["name"], "place": one["in"], "needed": one.get("required"), "kind": _kind(one["schema"]), "says": _says(one)}
        for one in operation.get("parameters", [])
    ]
    nothing: dict[str, Any] = {}
    body = next(iter(operation.get("requestBody", {}).get("content", {}).values()), nothing).get("schema", {})
    done: dict[str, Any] = next((answer for status, answer in operation["responses"].items() if 200 <= int(status) < 300), {})
    given = next(iter(done.get("content", {}).values()), nothing).get("schema", {})
    return {
        "id": operation["operationId"],
        "method": method.upper(),
        "path": path,
        "summary": operation["summary"],
        "says": operation.get("description", ""),
        "parameters": parameters,
        "body": _fields(body, description),
        "answer": _fields(given, description),
    }


def _says(one: dict[str, Any]) -> str:
    return one.get("description") or one.get("schema", {}).get("description", "")


def _fields(schema: dict[str, Any], description: dict[str, Any]) -> list[dict[str, Any]]:
    shape = _resolved(schema, description)
    needed = shape.get("required", [])
    return [
        {"name": name, "needed": name in needed, "kind": _kind(field), "says": field.get("description", "")}
        for name, field in shape.get("properties", {}).items()
    ]


def _resolved(schema: dict[str, Any], description: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        return description["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    return schema


def _kind(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return schema["$ref"].rsplit("/", 1)[-1]
    if "anyOf" in schema:
        return " | ".join(_kind(one) for one in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(str(one) for one in schema["enum"])
    if schema.get("type") == "array":
        return f"[{_kind(schema.get('items', {}))}]"
    return schema.get("format") or schema.get("const") or schema.get("type", "…")
