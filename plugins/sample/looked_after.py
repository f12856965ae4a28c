"""A child looked after: entering care, moving, settling, leaving, with reviews and visits."""

from __future__ import annotations

from attrs import frozen

from duly.plugins.sample.book import Book, Day, weekday, working_days
from duly.plugins.sample.visits import Worker, visit_every

YEAR = 365
FOUR_WEEKS = 28
FIRST_PLACES = {
    "foster": 56, "connected_person": 16, "residential": 11, "parents": 8,
    "fostering_for_adoption": 3, "independent": 3, "other": 2, "secure": 1,
}  # fmt: skip
LATER_PLACES = {
    "foster": 55, "residential": 18, "connected_person": 10, "parents": 9,
    "independent": 5, "other": 2, "secure": 1,
}  # fmt: skip


@frozen
class _Stay:
    """Where a child lives from one day until another, and whether the carer is the last one's."""

    start: Day
    end: Day
    type: str
    same_carer: bool


@frozen
class _Place:
    """One placement and what is agreed in it; a day far ahead stands for never."""

    key: str
    start: Day
    end: Day
    type: str
    carer_since: Day
    settled: Day
    intended: Day
    agreed: Day
    approved_until: Day
    assessed: Day


def look_after(book: Book, person: str, worker: Worker, start: Day, adult: Day) -> None:
    """A period of care, and for some children another one after it."""
    end = min(start + _length(book), adult)
    _care(book, person, worker, start, end)
    again = end + book.between(60, 500)
    if book.chance(0.12) and again < min(adult - 60, book.today):
        _care(book, person, worker, again, min(again + _length(book), adult))


def _length(book: Book) -> int:
    return int(book.dice.lognormvariate(6.6, 1.0)) + 5


def _care(book: Book, person: str, worker: Worker, start: Day, end: Day) -> None:
    care = book.period("care_period", person, start, end)
    stays = _stays(book, start, end)
    reviews = _reviews(book, person, worker, stays, end)
    since = start
    for stay in stays:
        since = since if stay.same_carer else stay.start
        place = _place(book, person, care, stay, since)
        _visits(book, person, worker, place, reviews)
    _orders(book, person, start, end)
    _asked_for(book, person, start, end)


def _stays(book: Book, start: Day, end: Day) -> list[_Stay]:
    """Where the child lives, one place after another; with adopters it is until the end."""
    adopted = end - start > 2 * YEAR and book.chance(0.1)
    stays: list[_Stay] = []
    type_, day = book.one_of(FIRST_PLACES), start
    while day < min(end, book.today + 1):
        until = end if type_ == "adoption" else min(end, day + _length_of_stay(book))
        if end - until < 20:
            until = end
        stays.append(_Stay(day, until, type_, bool(stays) and book.chance(0.12)))
        last = adopted and end - until < YEAR
        type_ = "adoption" if last else book.one_of(LATER_PLACES)
        day = until
    return stays


def _length_of_stay(book: Book) -> int:
    short = book.chance(0.25)
    return book.between(3, 60) if short else 30 + int(book.dice.expovariate(1 / 500))


def _reviews(book: Book, person: str, worker: Worker, stays: list[_Stay], end: Day) -> list[Day]:
    """Reviews of a child in care, and anew once the child is placed for adoption."""
    start = stays[0].start
    placed = next((stay.start for stay in stays if stay.type == "adoption"), end)
    held = _reviewed(book, person, worker, start, placed, working_days(start, 20))
    return held + _reviewed(book, person, worker, placed, end, placed + FOUR_WEEKS)


def _reviewed(
    book: Book, person: str, worker: Worker, start: Day, end: Day, first: Day
) -> list[Day]:
    """Reviews about the first day, three months later, and then every six."""
    held: list[Day] = []
    day, allowed = start, first - start
    while True:
        delay = book.between(3, 40) if book.chance(worker.late / 2) else -book.between(0, 6)
        day = weekday(day + allowed + delay)
        if day >= min(end, book.today + 1):
            return held
        book.event("review", person, day)
        held.append(day)
        allowed = 89 if len(held) == 1 else 180


def _place(book: Book, person: str, care: str, stay: _Stay, since: Day) -> _Place:
    """The placement's row, and the rows of what is decided about it."""
    start, end, type_ = stay.start, stay.end, stay.type
    continues = "yes" if stay.same_carer else ("" if book.chance(0.02) else "no")
    key = book.add("placement", person, care, book.date(start), book.date(end), type_, continues)
    never = book.today + 10 * YEAR
    settled = intended = agreed = approved_until = assessed = never
    if type_ in ("foster", "connected_person") and end - start > 120 and book.chance(0.6):
        settled = start + book.between(90, 520)
        intended = settled if book.chance(0.7) else never
        agreed = settled + book.between(0, 200) if book.chance(0.5) else never
    if type_ == "connected_person":
        approved_until = start + book.between(60, 168)
    if type_ == "parents" and book.chance(0.7):
        assessed = start + book.between(10, 45)
    place = _Place(
        key, start, end, type_, since, settled, intended, agreed, approved_until, assessed
    )
    _decisions(book, person, place)
    return place


def _decisions(book: Book, person: str, place: _Place) -> None:
    key, end = place.key, place.end
    if place.settled < end and place.settled <= book.today:
        book.add("permanence_agreed", person, key, book.date(place.settled))
    book.within("intention_until_18", person, key, place.intended, end)
    if place.agreed < end:
        book.within("long_term_foster", person, key, place.settled, end)
        _agreements(book, person, place)
    if place.type == "connected_person":
        book.within("temporary_approval", person, key, place.start, min(place.approved_until, end))
    if place.assessed < end:
        book.within("pending_assessment", person, key, place.start, place.assessed)


def _agreements(book: Book, person: str, place: _Place) -> None:
    """The child and the IRO agree to fewer visits; now and then one of them thinks again."""
    for who, share in (("child", 0.95), ("IRO", 0.85)):
        if book.chance(share):
            withdrawn = place.agreed + book.between(100, 600) if book.chance(0.1) else place.end
            until = min(withdrawn, place.end)
            book.within("agreement", person, place.key, place.agreed, until, who)


def _visits(book: Book, person: str, worker: Worker, place: _Place, reviews: list[Day]) -> None:
    """On the first day or within the week, then as often as the rules allow."""
    first_review = next((day for day in reviews if day > place.start), book.today)
    year = place.carer_since + YEAR + 1
    weekly = place.type == "adoption" or min(place.approved_until, place.assessed) < place.end

    def gap(day: Day) -> int:
        if weekly and day < first_review:
            return 7
        if place.approved_until < place.end or place.type == "parents":
            return 28
        if day >= max(place.agreed + 30, year):
            return 180
        return 90 if day >= max(place.settled, place.intended, year) else 42

    first = place.start + (0 if book.chance(0.75) else book.between(1, 6))
    visit_every(book, person, "cla", worker, first, place.end - 1, gap)


def _orders(book: Book, person: str, start: Day, end: Day) -> None:
    """Six in ten children come into care by an order, interim first."""
    if not book.chance(0.6):
        return
    interim = start + book.between(0, 20)
    final = interim + book.between(150, 280)
    book.within_care("interim_care_order", person, interim, min(final, end))
    book.within_care("care_order", person, final, end)
    if book.chance(0.06):
        directed = interim + book.between(5, 60)
        book.within_care("assessment_direction", person, directed, min(directed + 84, final, end))


def _asked_for(book: Book, person: str, start: Day, end: Day) -> None:
    """What happens to a few children: somebody asks for a visit, a home is given notice."""
    stay = min(end, book.today) - start
    if stay > 10 and book.chance(0.08):
        who = book.one_of({"child": 4, "carer": 3, "parent": 2, "other": 1})
        reasonable = book.one_of({"yes": 8, "no": 1, "": 1})
        book.event("visit_request", person, start + book.between(5, stay), who, reasonable)
    if stay > 10 and book.chance(0.015):
        book.event("registration_notification", person, start + book.between(5, stay))
    if stay > 60 and book.chance(0.02):
        book.within_care("other_living_arrangement", person, start + 30, min(start + 210, end))
