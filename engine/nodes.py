"""A node of the resolved policy into its parts, and back with another part, whatever its class."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs
from attrs import evolve

from duly.dsl import policy as p
from duly.dsl.source import Span

NOWHERE = Span.nowhere()


def children(node: object) -> Iterator[tuple[str | int, object]]:
    """The parts of a node by the name of their field, or by their place in a row of them.

    The duty that another follows stands in the text by itself, and is no part of the other.
    """
    if isinstance(node, tuple):
        yield from enumerate(node)
    elif attrs.has(type(node)):
        for each in attrs.fields(type(node)):  # type: ignore[arg-type]
            part = getattr(node, each.name)
            if each.name != "span" and not (isinstance(node, p.Do) and isinstance(part, p.Do)):
                yield each.name, part


def put(node: Any, name: str | int, part: object) -> Any:
    """The node with another part in that place, which stands nowhere in the text."""
    if isinstance(name, int):
        return (*node[:name], part, *node[name + 1 :])
    here = {"span": NOWHERE} if hasattr(node, "span") else {}
    return evolve(node, **{name: part}, **here)


def place(node: object, otherwise: Span) -> Span:
    """Where a node stands, if it knows."""
    span = getattr(node, "span", NOWHERE)
    return span if isinstance(span, Span) and span != NOWHERE else otherwise
