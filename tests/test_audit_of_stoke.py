"""The audit of Stoke's standards agrees with the table of differences, line by line."""

from __future__ import annotations

from datetime import date

import pytest

from duly.engine import discovery
from duly.engine.audit import Audit, audit
from tests.test_traceability import PART_B, names

AS_AT = date(2026, 11, 22)


@pytest.fixture(scope="module")
def audited() -> Audit:
    policy = discovery.load(discovery.plugin_manager(), "stoke").policy
    return audit(policy, AS_AT, date(2000, 1, 1), date(2099, 12, 31))


def came_out(audited: Audit, line: dict[str, str]) -> set[str]:
    """What the audit says of the rules of a line, pair by pair; of none, that none is encoded."""
    law, local = names(line["law_rules"]), names(line["local_rules"])
    found = set()
    for each in audited.lines:
        theirs = each.law.rule.name if each.law is not None else ""
        refining = each.inherited or (each.local.rule if each.local is not None else None)
        ours = refining.name if refining is not None else ""
        verdict = "inherited" if each.inherited is not None else each.verdict
        alone = {"missing": theirs in law and not ours, "additional": ours in local and not theirs}
        if (theirs in law and ours in local) or alone.get(line["expected"]):
            found.add(verdict)
    return found or {"not-encoded"}


@pytest.mark.parametrize("number", range(len(PART_B)))
def test_the_audit_agrees_with_the_table_of_differences(audited: Audit, number: int) -> None:
    line = PART_B[number]
    assert line["expected"] in came_out(audited, line), line["row"]


def test_every_child_that_is_shown_comes_out_later(audited: Audit) -> None:
    shown = [
        difference.shown
        for line in audited.lines
        for difference in line.differences
        if difference.verdict == "later"
    ]
    assert shown
    assert all(each is not None and each.days > 0 for each in shown)
