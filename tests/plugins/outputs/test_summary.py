"""The terminal's summary of the run that the other outputs write."""

from __future__ import annotations

import pytest
from attrs import evolve

from duly.dsl.policy import Pack, Policy
from duly.engine.cli.summary import show_summary
from duly.engine.pipeline import Run


def test_a_long_name_of_a_pack_is_not_cut(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    name = "stoke_and_newcastle"
    packs = Pack("law", "The law"), Pack(name, "Two councils", over="law")
    local = evolve(run.summaries[3], pack=name)
    show_summary(evolve(run, policy=Policy(packs, {}, {}), summaries=(run.summaries[0], local)))
    heading, law, two = capsys.readouterr().out.splitlines()[2:5]
    assert law.startswith("cla_visits  law                                 5 ")
    assert two.startswith("cla_visits  local stoke_and_newcastle           . ")
    assert len(heading) == len(law) == len(two)
