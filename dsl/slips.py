"""What English people write and the language does not say: a table of slips, each with its mend.

A slip is only reported where its mend lets the reader go on, so an entry may match more than it
means.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from attrs import frozen

from duly.dsl.build import MONTHS

UNITS = tuple(
    f"{unit}{plural}" for unit in "hour day week month quarter year".split() for plural in ("", "s")
)

_UNIT = f"(?:{'|'.join(reversed(UNITS))})"
_LENGTH = rf"\d+ (?:working )?{_UNIT}"
_THING = r"(?:the )?(?:(?:first|second) )?\w+"
_ANCHOR = rf"(?:{_THING}(?: of {_THING})?)"
_FROM = "(?:starting |beginning |counted )?(?:from|of|after|since)"
_SOON = "as soon as(?: practicable)?"
_TIMING = f"(?:every|within|by|before|at (?:least|most)|{_SOON}|on the day)"
_ALONE = r"(?<![\w)]\x20)"
"""Not behind another word of the same line."""
_MONTH = f"(?:{'|'.join(MONTHS)})"
_NUMBERS = "one two three four five six seven eight nine ten eleven twelve fifteen twenty thirty"
_FIGURES = (*range(1, 13), 15, 20, 30)
_SHORT_UNITS = {"h": "hours", "d": "days", "w": "weeks", "m": "months", "y": "years"}

Mended = str | Callable[[re.Match[str]], str]


@frozen
class Slip:
    """Words as they are found, and as the language has them; both may stand in the message."""

    code: str
    pattern: re.Pattern[str]
    mend: Mended
    title: str
    help: str


def _slip(
    code: str,
    pattern: str,
    mend: Mended,
    title: str = "`{found}` is not part of the language",
    help: str = "write `{mend}`",
) -> Slip:
    """A space in the pattern stands for any stretch of them on one line."""
    spaced = pattern.replace(" ", r"[ \t]+")
    whole = r"(?:(?<!\w)|(?!\w))"  # no word is cut in two
    return Slip(code, re.compile(f"{whole}(?:{spaced}){whole}", re.IGNORECASE), mend, title, help)


def _date(day: int, month: int, year: int) -> Callable[[re.Match[str]], str]:
    """The date as the language has it, from the groups that hold its figures."""

    def mend(found: re.Match[str]) -> str:
        number = int(found[month])
        name = MONTHS[number - 1] if 1 <= number <= len(MONTHS) else "May"
        return f"{int(found[day])} {name} {found[year]}"

    return mend


def _month_by_its_start(found: re.Match[str]) -> str:
    name = next(name for name in MONTHS if name.casefold().startswith(found[2][:3].casefold()))
    return f"{found[1]} {name} {found[3]}"


SLIPS = (
    # ---- exceptions
    _slip(
        "unless-without-condition",
        rf"unless(?= then {_LENGTH})",
        "unless condition",
        "the exception has no condition",
        "say when it holds: `unless permanent then 3 months`",
    ),
    _slip(
        "unless-without-condition",
        rf"unless(?= {_LENGTH})",
        "unless condition then",
        "the exception has no condition",
        "say when it holds: `unless permanent then 3 months`",
    ),
    _slip(
        "no-if",
        r"(,\s*|)if",
        r"\1unless",
        "the language has no `if`",
        "say when it does not apply, with `unless`; or when it applies, on the line above: "
        "`during placement where …`",
    ),
    _slip(
        "no-otherwise",
        r"(?:,\s*)?(?:otherwise|or else|else)\b[^\n]*",
        "",
        "there is no `otherwise` after an exception",
        "leave it out: the length of time before `unless` holds otherwise",
    ),
    _slip(
        "other-wording",
        r"(,\s*|)(?:except|save|unless)(?: (?:when|where|if|that|for))?",
        r"\1unless",
    ),
    # ---- deadlines before a day
    _slip(
        "other-wording",
        rf"(?:within|by|(?:no|not) (?:later|less) than) ({_LENGTH}) before",
        r"at least \1 before",
    ),
    _slip(
        "missing-every",
        rf"(\w+) ({_LENGTH}) before",
        r"\1 at least \2 before",
        "`at least` is missing",
    ),
    # ---- repeating
    _slip(
        "every-from",
        rf"every ({_LENGTH}|{_UNIT}) {_FROM} (?:the )?start\b(?! of)",
        r"every \1",
        "`every` says by itself from when it counts",
        "leave the rest out, `{mend}`: it counts from the start, and then from each act",
    ),
    _slip(
        "every-from",
        rf"every ({_LENGTH}|{_UNIT}) {_FROM} ({_ANCHOR})",
        r"within \1 of \2, then every \1",
        "`every` counts from the start of its scope, not from a day that it names",
        "write `{mend}`: the first limit runs from that day, the next from each act",
    ),
    # ---- steps
    _slip(
        "and-then",
        r"(?:,\s*)?and then(?= \d)",
        "then",
        "`and then` does not begin a length of time",
    ),
    _slip("and-then", r"(?:,\s*)?and then", ", then", "`and then` does not begin a new step"),
    _slip(
        "comma-then",
        rf"(\w+|\)), then ({_LENGTH})",
        r"\1 then \2",
        "a comma before `then` begins a new step",
        "leave the comma out: `{mend}`",
    ),
    _slip(
        "comma-then",
        r"(\w+|\)) then(?= (?:every|within|on|as|immediately))",
        r"\1, then",
        "a new step has a comma before `then`",
    ),
    _slip(
        "and-then",
        "and(?= (?:every|within))",
        ", then",
        "`and` joins conditions, not times",
        "begin a new step with `, then`, or a new sentence with `must`",
    ),
    _slip(
        "and-then",
        r"and(?= \w+ \w+ (?:every|within))",
        "must",
        "`and` joins conditions, not sentences",
        "begin a new sentence with `must`",
    ),
    # ---- order
    _slip(
        "word-order",
        rf"of ({_ANCHOR}) within ({_LENGTH})",
        r"within \2 of \1",
        "the day that it is counted from comes last",
    ),
    _slip(
        "word-order",
        rf"within ({_ANCHOR}) of ({_LENGTH})",
        r"within \2 of \1",
        "the day that it is counted from comes last",
    ),
    _slip(
        "word-order",
        rf"must ((?:every|within) {_LENGTH}(?: of {_ANCHOR})?) (\w+ \w+)",
        r"must \2 \1",
        "what to do comes before its time",
    ),
    _slip(
        "word-order",
        r"(\w+(?:\.\w+)?) is not (\w+)",
        r"not \1 is \2",
        "`not` comes before what it denies",
    ),
    # ---- lengths of time
    _slip("unit-form", rf"(\d+)[-–]((?:working )?{_UNIT})", r"\1 \2", "`{found}` has a hyphen"),
    _slip(
        "unit-form", r"(\d+)[-–]working(?:-| )days?", r"\1 working days", "`{found}` has a hyphen"
    ),
    _slip(
        "unit-form",
        r"(\d+)\s?(h|d|w|m|y)(?:ks?|ths?|rs?|os?|ons?)?",
        lambda found: f"{found[1]} {_SHORT_UNITS[found[2].lower()]}",
        "`{found}` is cut short",
    ),
    _slip(
        "unit-form",
        "(every|within|then|each) working days?",
        r"\1 1 working day",
        "`{found}` does not say how many",
    ),
    _slip(
        "units",
        rf"(every|within|then|each) working ({_UNIT})",
        r"\1 \2",
        "`working {2}` is not a length of time: only days can be working days",
        "write `{mend}`, or say how many working days it is",
    ),
    _slip("unit-form", "workdays?|work days?|business days?|working-days?", "working days"),
    _slip("unit-form", "a fortnight|fortnight", "2 weeks"),
    *(
        _slip(
            "unfinished-sentence",
            rf"{word}(?=\s*\n)",
            f"{word} week",
            "`{found}` needs a length of time",
            f"such as `{example}`",
        )
        for word, example in (
            ("every", "every 6 weeks"),
            ("within", "within 10 working days of start"),
        )
    ),
    *(
        _slip(
            "number-in-words",
            word,
            str(figure),
            "`{found}` is a number in words",
            "write numbers in figures: `{mend}`",
        )
        for word, figure in zip(_NUMBERS.split(), _FIGURES, strict=True)
    ),
    _slip(
        "unit-form",
        rf"\d+\s*(?:to|or|-|–)\s*({_LENGTH})",
        r"\1",
        "a length of time is one number",
        "write the longest that it may be: `{mend}`",
    ),
    # ---- dates
    _slip(
        "date-form",
        rf"({_MONTH}) (\d+)(?:st|nd|rd|th)?,? (\d+)",
        r"\2 \1 \3",
        "`{found}` is written in another order",
    ),
    _slip(
        "date-form",
        rf"(\d+)(?:st|nd|rd|th) (?:of )?({_MONTH}),? (\d+)",
        r"\1 \2 \3",
        "`{found}` has more than the day, the month and the year",
    ),
    _slip(
        "date-form",
        r"(\d{4})-(\d\d)-(\d\d)",
        _date(3, 2, 1),
        "`{found}` is a date in figures",
        "write the month as a word: `{mend}`",
    ),
    _slip(
        "date-form",
        r"(\d\d?)[-/.](\d\d?)[-/.](\d{4})",
        _date(1, 2, 3),
        "`{found}` is a date in figures, and could be read in two ways",
        "write the month as a word, such as `{mend}`",
    ),
    _slip(
        "date-form",
        r"(\d\d?) (jan|feb|mar|apr|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?,? (\d{4})",
        _month_by_its_start,
        "`{found}` does not name its month in full, with a capital letter",
    ),
    # ---- words that are missing
    _slip(
        "missing-of",
        rf"({_LENGTH}) (?:from|after|since)",
        r"\1 of",
        "a length of time is counted with `of`, not with `{last}`",
    ),
    _slip("missing-of", rf"({_LENGTH}) ({_ANCHOR})", r"\1 of \2", "`of` is missing after `{1}`"),
    _slip(
        "missing-by",
        r"(\w+ed|\w+(?= (?:by|with) \w+\s*(?:,|then|and|or|\)))) (by|with) (\w+)",
        r"\1_\2 \3",
        "`{1} {2}` is two words, and such a condition is one",
    ),
    _slip(
        "missing-by",
        r"(\w+ed) (\w+)",
        r"\1_by \2",
        "`by` is missing between `{1}` and `{2}`",
    ),
    _slip(
        "missing-then",
        rf"(\w+|\))\s+({_LENGTH}|{_SOON}|{_TIMING}(?: (?:{_LENGTH}|{_ANCHOR}))?)",
        r"\1 then \2",
        "`then` is missing after a condition",
    ),
    _slip(
        "missing-every",
        rf"(\w+)\s+({_LENGTH})",
        r"\1 every \2",
        "`every` or `within` is missing",
    ),
    _slip(
        "no-verb",
        rf"(must|should) (?:the |an? )?(\w+) ({_TIMING})",
        r"\1 verb_ \2 \3",
        "`{2}` alone does not say what to do",
        "two words do, what is done and to what: `{1} visit CLA every 6 weeks`",
    ),
    _slip(
        "no-verb",
        rf"(must|should)(?= {_TIMING})",
        r"\1 verb_ thing_",
        "the sentence does not say what to do",
        "say it before its time: `{1} visit CLA every 6 weeks`",
    ),
    _slip(
        "no-verb",
        rf"{_ALONE}(\w+) ({_TIMING})",
        r"verb_ \1 \2",
        "`{1}` alone does not say what to do",
        "two words do, what is done and to what: `must visit CLA every 6 weeks`",
    ),
    _slip(
        "no-verb",
        rf"{_ALONE}({_TIMING})",
        r"must verb_ thing_ \1",
        "the sentence does not say what to do",
        "say it before its time: `must visit CLA every 6 weeks`",
    ),
    _slip(
        "missing-source",
        r'cite(?=\s*")',
        "cite source_",
        "`cite` names no document",
        'name one that a `source` statement declares: `cite standards "section 2"`',
    ),
    _slip(
        "name-form",
        r"rule(?=\s*\")",
        "rule name_",
        "the rule has no name",
        'a name of one word stands before the title: `rule our_visits "Visits"`',
    ),
    _slip(
        "duty-outside-rule",
        r"(?-i:must|should)(?= \w+ \w+)",
        "rule name_ must",
        "this duty stands in no rule",
        'begin the rule above it: `rule our_visits "Visits"`, and what it cites',
    ),
    # ---- other words for what the language says
    _slip("other-wording", "shall|will|has to|needs? to", "must"),
    _slip("other-wording", "ought to", "should"),
    _slip("other-wording", "daily", "every day"),
    _slip("other-wording", "weekly", "every week"),
    _slip("other-wording", "fortnightly|every other week", "every 2 weeks"),
    _slip("other-wording", "monthly", "every month"),
    _slip("other-wording", "quarterly", "every quarter"),
    _slip("other-wording", "yearly|annually", "every year"),
    _slip(
        "other-wording",
        rf"(?:once (?:an?|per|each|every)|each) ((?:\d+ |\w+ )?{_UNIT})",
        r"every \1",
    ),
    _slip(
        "other-wording",
        "(?:at least|no less than|not less than)(?: once)? (?:every|each|an?|per)",
        "every",
    ),
    _slip("other-wording", "yes(?: or|,)? no", "yes/no"),
    _slip("other-wording", "for (?:every|all|any)", "for each"),
    _slip("other-wording", "must be", "must have"),
    _slip(
        "other-wording",
        "as soon as (?:is |it is )?(?:reasonably (?:practicable|possible)|possible|practical)",
        "as soon as practicable",
    ),
    _slip("other-wording", "within (?:a )?reasonable period", "within a reasonable time"),
    _slip(
        "other-wording",
        "always|at all times",
        "",
        help="leave it out: a duty stands at all times; a state that must last says `throughout`, "
        "as in `must have allocated throughout`",
    ),
    _slip(
        "other-wording",
        rf"(twice|\d+ times) (?:an?|per|every|each|in an?|in every|in each) ({_UNIT})",
        r"at least \1 each \2",
    ),
    _slip(
        "other-wording",
        r"(?:aged )?(?:over|above|older than) (\d+)",
        r"aged \1 or over",
        help="write `{mend}`; or the next year, if that one is not meant itself",
    ),
    _slip(
        "other-wording",
        r"(?:child |CLA |age |aged )(?:is )?(?:under|below|younger than|less than) (\d+)",
        r"under \1",
    ),
    _slip("other-wording", r"(?:below|younger than) (\d+)", r"under \1"),
    _slip("other-wording", "in force (?:since|on|as of|as from)", "in force from"),
    _slip("other-wording", r"(define \w+) (?:=|:=|is|means|:)", r"\1 as"),
    _slip("other-wording", r"(expect \w+) (?:to be|is|was)", r"\1"),
    _slip(
        "unfinished-sentence",
        rf"(expect [\w.]+) (on \d+ {_MONTH} \d+)",
        r"\1 met \2",
        "`{1}` names a day, and no verdict",
        "say what should come out: `{mend}`",
    ),
    # ---- marks
    _slip(
        "quotation-marks",
        r"[“”„‟]([^“”„‟\"\n]*)[“”„‟]",
        r'"\1"',
        "curly quotation marks are not part of the language",
        "use straight ones: `{mend}`",
    ),
    _slip(
        "quotation-marks",
        r"[‘’']([^‘’'\"\n]+)[‘’']",
        r'"\1"',
        "single quotation marks are not part of the language",
        "use double ones: `{mend}`",
    ),
    _slip(
        "quotation-marks",
        r"(cite \w+) ([^\s\"][^\"\n]*\S)",
        r'\1 "\2"',
        "the place in a source stands in quotation marks",
    ),
    _slip(
        "quotation-marks",
        r"((?:rule|pack|period|event|subject|role|source) \w+) ((?-i:[A-Z])[^\"\n]*\S)",
        r'\1 "\2"',
        "a title stands in quotation marks",
    ),
    _slip(
        "quotation-marks",
        r"(scenario) ([a-z][^\"\n]*\S)",
        r'\1 "\2"',
        "the story of a scenario stands in quotation marks",
    ),
    _slip(
        "symbol",
        r"//([^\n]*)",
        r"#\1",
        "`//` does not begin a comment",
        "begin it with `#`",
    ),
    _slip("symbol", "===?|=", "is"),
    _slip("symbol", "&&?", "and"),
    _slip("symbol", r"\|\|?", "or"),
    _slip("symbol", "!(?=\\w)", "not "),
    _slip(
        "punctuation",
        r"[;:.](?=\s|$)",
        "",
        "`{found}` has no place here",
        "leave it out: a sentence ends where the next one begins",
    ),
    _slip("punctuation", r"(during (?:the )?\w+),", r"\1", "the comma has no place here"),
    _slip(
        "punctuation",
        r"\((unless [^()\n]*)\)",
        r"\1",
        "brackets are for conditions",
        "leave them out around an exception: `{mend}`",
    ),
    _slip(
        "punctuation",
        r"\([^()\n]*?(?= then)",
        "permanent",
        "a bracket is not closed",
        "close it where the condition in it ends",
    ),
    # ---- names
    _slip(
        "name-form",
        r"an?|the",
        "article_",
        "`{found}` is an article, and articles mean nothing here",
        "use a name of more than one letter",
    ),
    _slip(
        "name-form",
        r"([a-z]\w*)-([a-z]\w*)",
        r"\1_\2",
        "`-` cannot stand in a name",
        "write names with `_`: `{mend}`",
    ),
)
"""In the order in which they are tried, where several stand equally near to the mistake."""


@frozen
class Stray:
    """What to do about a character that the language does not have."""

    help: str
    code: str = "unknown-character"


CHARACTERS = {
    "“": Stray('use straight quotation marks: "…"', code="quotation-marks"),
    "”": Stray('use straight quotation marks: "…"', code="quotation-marks"),
    "‘": Stray("use no quotation mark here", code="quotation-marks"),
    "’": Stray("use no apostrophe here"),
    "'": Stray("use no apostrophe here"),
    "-": Stray("write a number and a unit with a space: `6 weeks`"),
    "/": Stray("write a date as `23 May 2024`", code="date-form"),
    "<": Stray("write `under 16`, or `at most 2 visits`", code="symbol"),
    ">": Stray("write `aged 16 or over`, or `at least 2 visits`", code="symbol"),
    ";": Stray("leave it out: a sentence ends where the next one begins", code="punctuation"),
}


@frozen
class Need:
    """What must follow a word, with an example, for a sentence that stops at it."""

    what: str
    example: str
    code: str = "unfinished-sentence"


NEEDS = {
    "unless": Need(
        "a condition", "unless permanent then 3 months", code="unless-without-condition"
    ),
    "then": Need("a length of time", "unless permanent then 3 months"),
    ", then": Need("another step", "every week until first review, then every 6 weeks"),
    "failing which": Need("a time", "failing which within 2 working days of review"),
    "every": Need("a length of time", "every 6 weeks"),
    "within": Need("a length of time", "within 10 working days of start"),
    "of": Need("a day to count from", "within 10 working days of start"),
    "until": Need("an event", "every week until first review"),
    "on the day of": Need("an event", "on the day of review"),
    "after": Need("an event", "immediately after review"),
    "where": Need("a test", "where kind is cla"),
    "while": Need("a condition", "while placement"),
    "during": Need("a period", "during placement"),
    "each": Need("an event", "for each visit"),
    "for": Need("an occasion", "for each visit"),
    "and": Need("a second condition", "permanent and not first_year"),
    "or": Need("a second condition", "permanent or first_year"),
    "not": Need("a condition", "not permanent"),
    "is": Need("a value", "kind is cla"),
    "some": Need("an event or a period", "some visit"),
    "no": Need("an event or a period", "no visit"),
    "as": Need("a condition", "define settled as permanent"),
    "must": Need("something to do", "must visit CLA every 6 weeks"),
    "should": Need("something to do", "should visit CLA every 6 weeks"),
    "have": Need("a condition", "must have seen"),
    "cite": Need("a source and a place in it", 'cite standards "section 2"'),
    "refines": Need("a rule of a pack below", "refines statutory.cla_visits"),
    "over": Need("the name of a pack", "over statutory"),
    "in force": Need("a first day", "in force from 23 May 2024"),
    "from": Need("a date", "in force from 23 May 2024"),
    "because": Need("words in quotation marks", 'because "the judge asked for it"'),
    "omits": Need("a row", 'omits S-006 as judgement because "only a person can judge it"'),
    "omits … as": Need(
        "one of `judgement`, `definition`, `no_fact`, `elsewhere` and `permission`",
        'omits S-006 as judgement because "only a person can judge it"',
    ),
    "means": Need("an event", "visit CLA means visit of placement"),
}
