"""A piece of syntax or of policy into what it is made of, whatever its class."""

from __future__ import annotations

from functools import cache

import attrs


def parts(node: object) -> tuple[object, ...]:
    """Its parts in order; those that comparison leaves out, as places do, are none."""
    if isinstance(node, tuple):
        return node
    return tuple([getattr(node, name) for name in _fields(type(node))])  # type: ignore[arg-type]


@cache
def _fields(kind: type) -> tuple[str, ...]:
    if not attrs.has(kind):
        return ()
    return tuple(field.name for field in attrs.fields(kind) if field.eq)
