"""From a rule to its plan: what is printed of it, and what its guards allow."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from duly.dsl.policy import Policy
from duly.engine.lower import PlanError, lower
from duly.engine.plan import Group, Guard, Plan

LAW = """
pack law "The law" in force from 1 April 2011
subject child has allocated yes/no
role IRO
period placement has type one of (foster, parents)
event visit of placement verb visit has seen yes/no
event review verb hold
event permanent of placement
period agreement of placement has given_by role
"""

Make = Callable[..., Policy]
Lower = Callable[[str], Plan]


@pytest.fixture
def planned(policy: Make) -> Lower:
    return lambda rules: lower(policy(LAW + rules))


def test_a_plan_can_be_read(planned: Lower) -> None:
    plan = planned(
        """
        rule visits "Visits"
          during placement where type is foster
          visit visit every week until first review, then every 6 weeks,
            unless some permanent and not in the first year then 3 months,
            unless some agreement where given_by is IRO
          for each visit must have seen unless under 5
        """
    )
    assert (
        plan.describe()
        == """\
law.visits 0: during placement where placement.type is foster
  step 0: every week until first review
    leaf 0: in force from 1 April 2011
    leaf 1: placement.type is foster
    outcome 0: paused
    outcome 1: exempt
    outcome 2: 1 week
  step 1: every 6 weeks
    leaf 0: in force from 1 April 2011
    leaf 1: placement.type is foster
    leaf 2: some permanent
    leaf 3: after the first year
    leaf 4: some agreement where given_by is IRO
    outcome 0: paused
    outcome 1: exempt
    outcome 2: 6 weeks
    outcome 3: 3 months
law.visits 1: for each visit
  have visit.seen
    leaf 0: in force from 1 April 2011
    leaf 1: visit.seen
    leaf 2: aged 5 or over"""
    )


def test_a_permission_is_no_part_of_the_plan(planned: Lower) -> None:
    assert planned('rule calm may "agree to fewer visits"').duties == ()


# --------------------------------------------------------------------------------- guards

NO, YES, UNKNOWN = 0, 1, 2
OPEN_LAW = LAW.replace("in force from 1 April 2011", "")


@pytest.fixture
def guard(policy: Make) -> Callable[[str], Guard]:
    """The guard of ``visit visit every 6 weeks`` with these exceptions."""

    def of(clauses: str, scope: str = "during placement") -> Guard:
        rule = f"rule visits {scope} visit visit every 6 weeks {clauses}"
        (duty,) = lower(policy(OPEN_LAW + rule)).duties
        return duty.steps[0].guard

    return of


def code(digits: tuple[int, ...]) -> int:
    return sum(digit * 3**place for place, digit in enumerate(digits))


def allowed(guard: Guard, *digits: int) -> set[str]:
    """What may stand where the leaves, in order, are no, yes or not known."""
    assert len(digits) == len(guard.leaves)
    mask = int(guard.table[code(digits)])
    return {
        str(outcome.duration or outcome.text)
        for place, outcome in enumerate(guard.outcomes)
        if mask >> place & 1
    }


TWO_EXCEPTIONS = "unless some permanent then 3 months unless some agreement then 6 months"

OUTCOMES = {
    (NO, NO): {"6 weeks"},
    (YES, NO): {"3 months"},
    (NO, YES): {"6 months"},
    (YES, YES): {"6 months"},
    (UNKNOWN, NO): {"6 weeks", "3 months"},
    (UNKNOWN, YES): {"6 months"},
    (NO, UNKNOWN): {"6 weeks", "6 months"},
    (YES, UNKNOWN): {"3 months", "6 months"},
    (UNKNOWN, UNKNOWN): {"6 weeks", "3 months", "6 months"},
}


@pytest.mark.parametrize("facts", OUTCOMES)
def test_the_last_exception_that_holds_wins(
    guard: Callable[[str], Guard], facts: tuple[int, ...]
) -> None:
    assert allowed(guard(TWO_EXCEPTIONS), *facts) == OUTCOMES[facts]


MOVERS = {(UNKNOWN, NO): 0, (UNKNOWN, YES): -1, (YES, UNKNOWN): 1, (YES, YES): -1}


@pytest.mark.parametrize("facts", MOVERS)
def test_a_guard_names_an_unknown_fact_that_would_move_it(
    guard: Callable[[str], Guard], facts: tuple[int, ...]
) -> None:
    assert guard(TWO_EXCEPTIONS).mover[code(facts)] == MOVERS[facts]


def test_a_fact_that_is_used_twice_is_one_fact(guard: Callable[[str], Guard]) -> None:
    never = guard("unless some permanent and no permanent then 3 months")
    always = guard("unless some permanent then 3 months unless no permanent then 1 month")
    assert allowed(never, UNKNOWN) == {"6 weeks"}
    assert allowed(always, UNKNOWN) == {"3 months", "1 month"}


def test_an_exception_without_then_exempts(guard: Callable[[str], Guard]) -> None:
    assert allowed(guard("unless some permanent"), UNKNOWN) == {"exempt", "6 weeks"}


def test_a_pause_goes_before_every_exception(guard: Callable[..., Guard]) -> None:
    paused = guard("unless some permanent", "during placement where type is foster")
    assert allowed(paused, NO, YES) == {"paused"}
    assert allowed(paused, YES, YES) == {"exempt"}
    assert allowed(paused, UNKNOWN, NO) == {"paused", "6 weeks"}


VISITS_IN_2024 = """
rule visits in force from 1 January 2005 until 31 December 2024
  during placement visit visit every 6 weeks
"""


def test_in_force_is_a_leaf_like_any_other(planned: Lower) -> None:
    plan = planned(VISITS_IN_2024)
    guard = plan.duties[0].steps[0].guard
    assert [allowed(guard, digit) for digit in (NO, YES)] == [{"paused"}, {"6 weeks"}]
    assert "leaf 0: in force from 1 April 2011 until 31 December 2024" in plan.describe()


# --------------------------------------------------------------------------------- groups

NINE = " and ".join(f"at least {n} review" for n in range(1, 10))


def test_a_few_conditions_stand_for_themselves(guard: Callable[[str], Guard]) -> None:
    eight = " and ".join(f"at least {n} review" for n in range(1, 9))
    assert len(guard(f"unless {eight} then 3 months").leaves) == 8


def test_many_conditions_that_stand_nowhere_else_are_one(guard: Callable[[str], Guard]) -> None:
    (leaf,) = guard(f"unless {NINE} then 3 months").leaves
    assert isinstance(leaf, Group)


def test_a_condition_that_stands_elsewhere_too_is_not_grouped(
    guard: Callable[[str], Guard],
) -> None:
    shared = guard(f"unless {NINE} then 3 months unless at least 9 review and some permanent")
    kinds = [type(leaf).__name__ for leaf in shared.leaves]
    assert kinds == ["Group", "Count", "Count"]
    rest, ninth, permanent = YES, UNKNOWN, YES
    assert allowed(shared, rest, ninth, permanent) == {"6 weeks", "exempt"}


def test_more_conditions_than_can_be_weighed_are_refused(guard: Callable[[str], Guard]) -> None:
    clauses = " ".join(f"unless at least {n} review then {n} weeks" for n in range(1, 13))
    with pytest.raises(PlanError) as refused:
        guard(clauses)
    assert str(refused.value) == (
        "law.visits weighs 12 different conditions at once; at most 11 can be. "
        "Split the rule, or give a condition an event of its own."
    )
