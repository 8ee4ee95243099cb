"""OpenAPI 3.1 out of the route table and the structs that validate the traffic."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from chatserver import __version__
from chatserver.i18n import translate
from chatserver.imports import LINES
from chatserver.rules.articles import STATUS

from .access import ANYONE, SAFE, Route
from .problem import TITLES, Problem

Json = dict[str, object]
REF = "#/components/schemas/{name}"
_PARAMETER = re.compile(r"\{(\w+)(?::[^}]*)?\}")
_WORD = re.compile(r"\W+")
PROBLEM = "application/problem+json"


def document(routes: Sequence[Route], lang: str, url: str) -> Json:
    """The whole document. `routes` are those worth telling: the API and what runs the service."""
    structs = {
        struct for route in routes for struct in (route.takes, route.gives) if struct is not None
    } | set(LINES.values())
    ordered = sorted(structs, key=lambda struct: str(struct.__name__))
    _, schemas = msgspec.json.schema_components([Problem, *ordered], ref_template=REF)
    paths: dict[str, Json] = {}
    for route in routes:
        path = _PARAMETER.sub(r"{\1}", route.path)
        paths.setdefault(path, {})[route.method.lower()] = _operation(route, lang)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": translate(lang, "北京法网法律咨询接口"),
            "version": __version__,
            "description": translate(lang, "时间为 UTC，精确到毫秒；错误为 RFC 9457 格式。"),
        },
        "servers": [{"url": url}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": {"Problem": _problem(lang)},
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "cookie": {"type": "apiKey", "in": "cookie", "name": "__Host-session"},
            },
        },
    }


def _operation(route: Route, lang: str) -> Json:
    told: Json = {
        "operationId": _WORD.sub("_", f"{route.method.lower()}{route.path}").strip("_"),
        "summary": translate(lang, route.summary),
        "x-roles": sorted(route.access),
        "responses": {str(route.status): _answer(route, lang), "default": _reference()},
    }
    names = _PARAMETER.findall(route.path)
    parameters: list[Json] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in names
    ]
    for name, kind in route.query:
        parameters.append({"name": name, "in": "query", "schema": {"type": kind}})
    if route.access != ANYONE:
        told["security"] = [{"bearer": []}, {"cookie": []}]
        if route.method not in SAFE:
            parameters.append(
                {
                    "name": "X-CSRF-Token",
                    "in": "header",
                    "description": translate(lang, "仅使用 Cookie 时需要"),
                    "schema": {"type": "string"},
                }
            )
    else:
        told["security"] = []
    if parameters:
        told["parameters"] = parameters
    if route.takes is not None:
        told["requestBody"] = {"required": True, "content": _content(route.takes)}
    return told


def _answer(route: Route, lang: str) -> Json:
    if route.gives is None:
        return {"description": translate(lang, "已完成")}
    return {"description": translate(lang, "成功"), "content": _content(route.gives)}


def _content(struct: type) -> Json:
    return {"application/json": {"schema": {"$ref": REF.format(name=struct.__name__)}}}


def _reference() -> Json:
    return {"$ref": "#/components/responses/Problem"}


def _problem(lang: str) -> Json:
    codes = "\n".join(
        f"- `{code}` ({status}): {translate(lang, TITLES[code])}" for code, status in STATUS.items()
    )
    schema = {"$ref": REF.format(name=Problem.__name__)}
    return {"description": codes, "content": {PROBLEM: {"schema": schema}}}
