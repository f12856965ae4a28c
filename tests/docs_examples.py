"""Parts of pages that are made: explanations, the audit of the first rule, and the grammar.

``python -m tests.docs_examples`` writes them anew; a test compares.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from click.testing import CliRunner

from duly.dsl.grammar import grammar_text
from duly.dsl.policy import Policy
from duly.engine import discovery
from duly.engine.cli.explain import describe, heading
from duly.engine.cli.main import cli
from duly.engine.explain import explain
from duly.engine.facts import Facts
from duly.engine.obligations import VERDICTS
from duly.engine.pipeline import read_facts, run_facts
from duly.plugins.commands.demo import AS_AT
from duly.plugins.sample import make_caseload

PAGE = Path(__file__).parent.parent / "docs/how-to/explain.md"
BEGIN, END = "<!-- examples: begin (generated) -->", "<!-- examples: end -->"
LIKED = ("stoke.cla_visits", "stoke.core_groups", "stoke.cla_reviews")
"""Rules that make the plainest examples, where they have one."""


AUDITED = [Path(__file__).parent.parent / name for name in ("README.md", "docs/how-to/audit.md")]
AUDIT_BEGIN, AUDIT_END = "<!-- audit: begin (generated) -->", "<!-- audit: end -->"
AUDIT = "duly audit examples/first_rule --rule our_visits --as-at 2026-11-22"

SPECIFICATION = Path(__file__).parent.parent / "docs/reference/language.md"
GRAMMAR_BEGIN, GRAMMAR_END = "<!-- grammar: begin (generated) -->", "<!-- grammar: end -->"

TERMINALS = {
    "_THEN": '"," "then"',
    "_UNLESS": '[","] "unless"',
    "_FAILING": '[","] "failing" "which"',
    "_ON_THE_DAY_AFTER": '"on" "the" "day" "after"',
    "_ON_THE_DAY": '"on" "the" "day" "of"',
    "_IN_FORCE": '"in" "force"',
    "_AT_MOST": '"," "at" "most"',
    "YES_NO": '"yes/no"',
}
"""Terminals that are words, as they are written."""


def page() -> str:
    """The page with its examples as they come out now."""
    return _between(PAGE, BEGIN, END, examples())


def specification() -> str:
    """The specification with the grammar as it stands now."""
    return _between(SPECIFICATION, GRAMMAR_BEGIN, GRAMMAR_END, f"```text\n{grammar()}\n```\n")


def audited(page: Path) -> str:
    """A page with the audit of the first rule as it comes out now."""
    typed = AUDIT.split()[1:]
    shown = CliRunner().invoke(cli, typed, catch_exceptions=False).output
    return _between(page, AUDIT_BEGIN, AUDIT_END, f"```console\n$ {AUDIT}\n{shown}```\n")


def _between(page: Path, begin: str, end: str, text: str) -> str:
    before, rest = page.read_text(encoding="utf-8").split(begin)
    return f"{before}{begin}\n\n{text}\n{end}{rest.split(end)[1]}"


def grammar() -> str:
    """The rules of the grammar file, without what only the parser needs."""
    text = grammar_text().split("// ---- terminals")[0]
    text = re.sub(r"\s*->\s*\w+", "", text)  # what the syntax tree calls an alternative
    text = re.sub(r"(?m)^//(?! ----).*\n", "", text)
    text = re.sub(r"(?m)^// ---- (.*?) -+$", r"# \1", text)
    text = re.sub(r"(?m)^(\s*)\?(\w+)", r"\1\2", text)
    for name, words in TERMINALS.items():
        text = text.replace(name, words)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def examples() -> str:
    """One child of each verdict, explained."""
    manager = discovery.plugin_manager()
    policy = discovery.load(manager, "stoke").policy
    with tempfile.TemporaryDirectory() as folder:
        make_caseload(Path(folder), as_at=AS_AT)
        facts = read_facts([f"csv:{folder}"], policy.kinds, manager, AS_AT)
    return "\n".join(_example(policy, facts, *found) for found in _one_of_each(policy, facts))


def _one_of_each(policy: Policy, facts: Facts) -> Iterator[tuple[str, str, str]]:
    """For each verdict a child and a rule whose latest obligation came to it."""
    columns = run_facts(policy, facts, AS_AT).obligations.columns
    rows = zip(
        *(
            columns[name]
            for name in ("subject_id", "pack", "rule", "duty", "anchor_date", "verdict")
        ),
        strict=True,
    )
    latest: dict[tuple[str, str], tuple[str, str]] = {}
    duties: dict[tuple[str, str], set[str]] = {}
    for subject, pack, rule, duty, anchored, verdict in rows:
        key = (subject, f"{pack}.{rule}")
        duties.setdefault(key, set()).add(duty)
        latest[key] = max(latest.get(key, ("", "")), (anchored, verdict))
    for verdict in VERDICTS:
        found = [key for key, (_, came_to) in latest.items() if came_to == verdict]
        found.sort(key=lambda key: (len(duties[key]) > 1, _liking(key[1]), key))
        yield (verdict, *found[0])


def _liking(rule: str) -> int:
    return LIKED.index(rule) if rule in LIKED else len(LIKED)


def _example(policy: Policy, facts: Facts, verdict: str, subject: str, rule: str) -> str:
    command = (
        "$ duly explain --pack stoke --facts csv:duly-demo/facts --as-at 2026-03-31 "
        f"\\\n    --subject {subject} --rule {rule} --last 1"
    )
    title = verdict.replace("_", " ")
    duties = [
        duty
        for duty in explain(policy, facts, AS_AT, subject, [rule])
        if duty.obligations[-1].verdict == title
    ]
    lines = [
        *heading(duties[0].rule, policy),
        *(line for duty in duties for line in describe(duty, 1)),
    ]
    shown = "\n".join(lines)
    return f"### {title.capitalize()}\n\n```console\n{command}\n{shown}\n```\n"


if __name__ == "__main__":
    for each in AUDITED:
        each.write_text(audited(each), encoding="utf-8")
    PAGE.write_text(page(), encoding="utf-8")
    SPECIFICATION.write_text(specification(), encoding="utf-8")
