"""What English people write and the language does not say: a table of slips, each with its mend.

A slip is only reported where its mend lets the reader go on, so an entry may match more than it
means.
"""

from __future__ import annotations

import re

from attrs import frozen

from duly.dsl.build import MONTHS

_UNIT = r"(?:days?|weeks?|months?|years?|quarters?)"
_LENGTH = rf"\d+ (?:working )?{_UNIT}"
_MONTH = f"(?:{'|'.join(MONTHS)})"
_NUMBERS = "one two three four five six seven eight nine ten eleven twelve fifteen twenty thirty"
_FIGURES = (*range(1, 13), 15, 20, 30)


@frozen
class Slip:
    """Words as they are found, and as the language has them; both may stand in the message."""

    pattern: re.Pattern[str]
    mend: str
    title: str
    help: str


def _slip(
    pattern: str,
    mend: str,
    title: str = "`{found}` is not part of the language",
    help: str = "write `{mend}`",
) -> Slip:
    """A space in the pattern stands for any stretch of them on one line."""
    spaced = pattern.replace(" ", r"[ \t]+")
    return Slip(re.compile(rf"(?:\b|(?=,))(?:{spaced})(?!\w)", re.IGNORECASE), mend, title, help)


SLIPS = (
    _slip("shall|will|has to|needs? to", "must"),
    _slip("ought to", "should"),
    _slip(r"(,\s*|)(?:except|save|unless)(?: (?:when|where|if|that|for))?", r"\1unless"),
    _slip("daily", "every day"),
    _slip("weekly", "every week"),
    _slip("fortnightly|every other week", "every 2 weeks"),
    _slip("monthly", "every month"),
    _slip("quarterly", "every quarter"),
    _slip("yearly|annually", "every year"),
    _slip(rf"(?:once (?:an?|per|each|every)|each) ((?:\d+ |\w+ )?{_UNIT})", r"every \1"),
    _slip("(?:at least|no less than|not less than)(?: once)? (?:every|each|an?|per)", "every"),
    _slip("a fortnight|fortnight", "2 weeks"),
    _slip("workdays?|work days?|business days?|working-days?", "working days"),
    *(
        _slip(word, str(figure), help="write numbers in figures: `{mend}`")
        for word, figure in zip(_NUMBERS.split(), _FIGURES, strict=True)
    ),
    _slip(rf"({_MONTH}) (\d+)(?:st|nd|rd|th)?,? (\d+)", r"\2 \1 \3"),
    _slip(rf"(\d+)(?:st|nd|rd|th) (?:of )?({_MONTH}),? (\d+)", r"\1 \2 \3"),
    _slip(
        rf"(\w+|\)), then ({_LENGTH})",
        r"\1 then \2",
        "a comma before `then` begins a new step",
        "leave the comma out: `{mend}`",
    ),
    _slip(rf"({_LENGTH}) (?:from|after|since)", r"\1 of"),
    _slip(rf"({_LENGTH}) ([a-z]\w*)", r"\1 of \2", "`of` is missing before `{last}`"),
    _slip(rf"(\w+|\)) ({_LENGTH})", r"\1 then \2", "`then` is missing after a condition"),
    _slip(rf"(\w+) ({_LENGTH})", r"\1 every \2", "`every` or `within` is missing"),
    _slip("yes(?: or|,)? no", "yes/no"),
    _slip(
        r"an?|the",
        "article_",
        "`{found}` is an article, and articles mean nothing here",
        "use a name of more than one letter",
    ),
    _slip(
        r"([a-z]\w*)-([a-z]\w*)",
        r"\1_\2",
        "`-` cannot stand in a name",
        "write names with `_`: `{mend}`",
    ),
)
"""In the order in which they are tried, where several stand equally near to the mistake."""

CHARACTERS = {
    "“": 'use straight quotation marks: "…"',
    "”": 'use straight quotation marks: "…"',
    "‘": "use no quotation mark here",
    "’": "use no apostrophe here",
    "-": "write a number and a unit with a space: `6 weeks`",
    "/": "write a date as `23 May 2024`",
}
"""What to do about a character that the language does not have."""

NEEDS = {
    "unless": ("a condition", "unless permanent then 3 months"),
    "then": ("a length of time", "unless permanent then 3 months"),
    ", then": ("another step", "every week until first review, then every 6 weeks"),
    "failing which": ("a time", "failing which within 2 working days of review"),
    "every": ("a length of time", "every 6 weeks"),
    "within": ("a length of time", "within 10 working days of start"),
    "of": ("a day to count from", "within 10 working days of start"),
    "until": ("an event", "every week until first review"),
    "on the day of": ("an event", "on the day of review"),
    "after": ("an event", "immediately after review"),
    "where": ("a test", "where kind is cla"),
    "while": ("a condition", "while placement"),
    "during": ("a period", "during placement"),
    "each": ("an event", "for each visit"),
    "for": ("an occasion", "for each visit"),
    "and": ("a second condition", "permanent and not first_year"),
    "or": ("a second condition", "permanent or first_year"),
    "not": ("a condition", "not permanent"),
    "is": ("a value", "kind is cla"),
    "some": ("an event or a period", "some visit"),
    "no": ("an event or a period", "no visit"),
    "as": ("a condition", "define settled as permanent"),
    "must": ("something to do", "must visit CLA every 6 weeks"),
    "should": ("something to do", "should visit CLA every 6 weeks"),
    "have": ("a condition", "must have seen"),
    "cite": ("a source and a place in it", 'cite standards "section 2"'),
    "refines": ("a rule of a pack below", "refines statutory.cla_visits"),
    "over": ("the name of a pack", "over statutory"),
    "in force": ("a first day", "in force from 23 May 2024"),
    "from": ("a date", "in force from 23 May 2024"),
    "because": ("words in quotation marks", 'because "the judge asked for it"'),
    "means": ("an event", "visit CLA means visit of placement"),
}
"""What must follow a word, with an example, for a sentence that stops at it."""
