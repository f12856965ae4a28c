"""A pack ready to be run: its policy and its plans, kept while nothing has changed.

They are kept in the user's cache with what they were made from: the text of every file of the pack
and of the packs below, and the code that makes them.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pluggy
from attrs import frozen

from duly.dsl.kept import code_of, digest, keep, kept
from duly.dsl.policy import Policy
from duly.engine import discovery
from duly.engine.layers import Layers, digest_of, in_place, layers_of, sources_now
from duly.engine.plan import Plan


@frozen(eq=False)
class Compiled:
    """A policy, and by its name the plan of each kind of subject, whose own policy it holds."""

    policy: Policy
    plans: Mapping[str, Plan]


@frozen
class _Kept:
    """What a pack came to, and what it was made from: its texts by their digest."""

    compiled: Compiled
    layers: Layers
    texts: bytes


def compiled(manager: pluggy.PluginManager, wanted: str) -> Compiled:
    """What a pack comes to, by its name or as a path: what was kept, or else made now.

    Raises ``PolicyError`` with every mistake, and ``PlanError``.
    """
    name = str(discovery.find_pack(manager, wanted).resolve())
    key = digest(code_of("duly.dsl", "duly.engine"), np.__version__, wanted)
    was: _Kept | None = kept("compiled", name, key)
    if was is not None and in_place(was.layers, manager):
        texts = digest_of(sources_now(was.layers, scenarios=False).values())
        if texts == was.texts:
            return was.compiled
    loaded = discovery.load(manager, wanted)
    found = compile_(loaded.policy)
    texts = digest_of(loaded.sources.values())
    keep("compiled", name, key, _Kept(found, layers_of(loaded, wanted), texts))
    return found


def compile_(policy: Policy) -> Compiled:
    """The plans of a policy.  Raises ``PlanError``."""
    from duly.dsl.subjects import about  # syntax, which what is kept does not need
    from duly.engine.lower import lower

    own = {subject.name: about(policy, subject.subject) for subject in policy.subjects}
    return Compiled(policy, {name: lower(each) for name, each in own.items()})
