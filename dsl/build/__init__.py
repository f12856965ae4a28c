"""Lark's tree into syntax, ``duly.dsl.ast``: one method for each rule of the grammar."""

from __future__ import annotations

from duly.dsl.build.base import MONTHS, UNREAD, token_span
from duly.dsl.build.conditions import Conditions
from duly.dsl.build.rules import Rules
from duly.dsl.build.scenarios import Scenarios
from duly.dsl.build.timings import Timings
from duly.dsl.build.vocabulary import Vocabulary

__all__ = ["MONTHS", "UNREAD", "Build", "token_span"]


class Build(Vocabulary, Rules, Timings, Conditions, Scenarios):
    """Builds the nodes of every part of the grammar."""
