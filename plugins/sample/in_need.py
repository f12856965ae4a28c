"""A child in need or on a child protection plan, and a child who is privately fostered."""

from __future__ import annotations

from duly.plugins.sample.book import Book, Day, weekday, working_days
from duly.plugins.sample.visits import Worker, visit_every

YEAR = 365


def need(book: Book, person: str, worker: Worker, start: Day, end: Day) -> None:
    """A child in need plan with a visit every 20 working days."""
    plan = book.period("cin_plan", person, start, end)
    reduced = end - start > 150 and book.chance(0.12)
    if reduced:
        for who, share in (("team_manager", 0.95), ("family", 0.9)):
            if book.chance(share):
                book.within("reduced_visiting", person, plan, start + 60, end, who)
    first = start + book.between(3, 20)
    visit_every(
        book, person, "cin", worker, first, end - 1,
        lambda day: 88 if reduced and day >= start + 60 else 28,
    )  # fmt: skip


def protect(book: Book, person: str, worker: Worker, start: Day, end: Day) -> Day:
    """Enquiries, a conference, and a plan that it starts; the day on which the plan starts."""
    book.event("strategy_discussion", person, start, "yes")
    late = book.chance(worker.late)
    conference = working_days(start, book.between(16, 30) if late else book.between(9, 15))
    book.event("initial_conference", person, conference)
    book.period("cp_plan", person, conference, end)
    _review_conferences(book, person, worker, conference, end)
    _core_groups(book, person, worker, conference, end)
    first = conference + book.between(1, 9)
    visit_every(book, person, "cp", worker, first, end - 1, lambda _: 14)
    return conference


def enquire(book: Book, person: str, day: Day) -> None:
    """Enquiries after which no conference was needed, or nobody wrote down whether."""
    book.event("strategy_discussion", person, day, "no" if book.chance(0.85) else "")


def _review_conferences(book: Book, person: str, worker: Worker, start: Day, end: Day) -> None:
    day, allowed = start, 89
    while True:
        late = book.chance(worker.late)
        day = weekday(day + allowed + (book.between(3, 30) if late else -book.between(0, 9)))
        if day >= end or day > book.today:
            return
        book.event("review_conference", person, day)
        allowed = 180


def _core_groups(book: Book, person: str, worker: Worker, start: Day, end: Day) -> None:
    """Ten working days after the conference, then every four weeks; each has its plan."""
    day = working_days(start, book.between(7, 10))
    while day < end and day <= book.today:
        updated = working_days(day, book.between(3, 8) if book.chance(worker.late) else 1)
        circulated = updated + book.between(0, 3)
        written = "" if book.chance(0.03) else book.date(circulated)
        book.event("core_group", person, day, book.date(updated), written)
        missed = book.chance(worker.late)
        if missed and book.chance(0.6):
            book.event("missed_core_group_decision", person, day + 30)
        day = weekday(day + (book.between(33, 50) if missed else book.between(24, 28)))


def foster_privately(book: Book, person: str, worker: Worker, start: Day, end: Day) -> None:
    """An arrangement that the authority hears of, for some before it begins."""
    if book.chance(0.3):
        proposed = start - book.between(14, 45)
        book.event("notification", person, proposed, "proposal")
        visit_every(
            book, person, "private_fostering", worker, working_days(proposed, 5), proposed + 8,
            lambda _: 60,
        )  # fmt: skip
    book.event("notification", person, start, "already_fostered")
    book.period("private_fostering", person, start, end)
    first = start + book.between(2, 9)
    visit_every(
        book, person, "private_fostering", worker, first, end - 1,
        lambda day: 84 if day > start + YEAR else 42,
    )  # fmt: skip
    stay = min(end, book.today) - start
    if stay > 20 and book.chance(0.15):
        book.event("visit_request", person, start + book.between(10, stay), "parent", "yes")
