"""Records in which something is true that the vocabulary says never is: data issues, counted."""

from __future__ import annotations

from collections import Counter
from datetime import date

import numpy as np

from duly.dsl import policy as p
from duly.engine.caseload import Caseload
from duly.engine.conditions import TRUE_BIT, lives, possible
from duly.engine.days import day_of
from duly.engine.facts import Facts, cut
from duly.engine.plan import condition_text


def contradictions(
    policy: p.Policy, facts: Facts, as_at: date, known_at: date | None
) -> Counter[str]:
    """Of how many subjects each ``never`` was true on some day up to the as-at day."""
    if not policy.never:
        return Counter()
    caseload = Caseload(cut(facts, as_at, known_at), day_of(as_at), policy)
    found: Counter[str] = Counter()
    for condition in policy.never:
        line = possible(condition, lives(caseload), caseload)
        true = (line.code == TRUE_BIT) & (line.day <= caseload.as_at)
        found[condition_text(condition)] += len(np.unique(line.scope[true]))
    return found
