"""Rule text into syntax: a ``Document``, and diagnostics for what cannot be read.

A statement with a mistake is reported and left out; the statements around it are still read, so
that every mistake in a file is told in one go.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import lru_cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

from lark import Lark, Token
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from duly.dsl import ast
from duly.dsl.build import MONTHS, UNREAD, Build, token_span
from duly.dsl.diagnostics import Diagnostics, did_you_mean
from duly.dsl.source import SourceText, Span

STATEMENTS = (
    "pack",
    "source",
    "subject",
    "role",
    "period",
    "event",
    "phrase",
    "define",
    "rule",
    "scenario",
)
"""Words that begin a statement."""


def grammar_text() -> str:
    """The grammar of rule files, as Lark reads it."""
    return files("duly.dsl").joinpath("grammar.lark").read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _lark() -> Lark:
    """The parser; its tables are kept in the user's cache, since building them takes 0.3 s."""
    options: dict[str, Any] = {"parser": "lalr", "lexer": "basic", "propagate_positions": True}
    try:
        return Lark(grammar_text(), cache=str(_cache_file()), **options)
    except OSError:
        return Lark(grammar_text(), **options)


def _cache_file() -> Path:
    import os

    root = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    folder = Path(root) if root else Path.home() / ".cache"
    folder = folder / "duly"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"grammar-{version('lark')}.cache"


def parse_text(text: str, file: str, diagnostics: Diagnostics) -> ast.Document:
    """Parse one file; mistakes go to ``diagnostics`` and cost only their own statement."""
    remaining = text
    while True:
        try:
            tree = _lark().parse(remaining)
        except UnexpectedInput as error:
            start, end = _statement_around(remaining, _position(error, remaining))
            misspelt = _misspelt(error, remaining, start, end)
            if misspelt is not None:
                _report_misspelt(*misspelt, file, diagnostics)
            else:
                _report(error, SourceText(file, text), diagnostics)
            remaining = remaining[:start] + _blank(remaining[start:end]) + remaining[end:]
            continue
        build = Build(SourceText(file, text), diagnostics)
        return build.transform(tree)  # type: ignore[no-any-return]


def _misspelt(error: UnexpectedInput, text: str, start: int, end: int) -> tuple[Token, str] | None:
    """A word before the mistake that would let the reader go on if it were one of the language.

    ``unles permanent then`` is refused at ``then``, but ``unles`` is what is wrong.
    """
    if not isinstance(error, UnexpectedToken) or _guess(error):
        return None
    place = _position(error, text)
    before = [token for token in _lark().lex(text[:place]) if token.type == "NAME"]
    for token in reversed(before[-8:]):
        near = get_close_matches(token.casefold(), _keywords(), n=1, cutoff=0.8)
        begins = token.start_pos or 0
        if begins < start or not near:
            continue
        mended = text[start:begins] + near[0] + text[begins + len(token) : end]
        if _reads_to(mended) > place - start + len(near[0]) - len(token):
            return token, near[0]
    return None


def _reads_to(text: str) -> int:
    """How far the text can be read; beyond its end if all of it can."""
    try:
        _lark().parse(text)
    except UnexpectedInput as error:
        return _position(error, text)
    return len(text) + 1


@lru_cache(maxsize=1)
def _keywords() -> tuple[str, ...]:
    """The words of the language that stand in the grammar as they are written."""
    words = {terminal.pattern.value for terminal in _lark().terminals} | {"unless", "failing"}
    return tuple(sorted(word for word in words if word.isalpha()))


def _blank(text: str) -> str:
    """Spaces in place of the text, line ends kept, so that later places stay right."""
    return re.sub(r"[^\n]", " ", text)


_STATEMENT_START = re.compile(rf"^[ \t]*(?:{'|'.join(STATEMENTS)})\b", re.MULTILINE)


def _statement_around(text: str, position: int) -> tuple[int, int]:
    """The statement that holds the mistake: from the keyword at the start of a line to the next."""
    starts = [match.start() for match in _STATEMENT_START.finditer(text)]
    before = max((start for start in starts if start <= position), default=0)
    if position < len(text) and not text[before:position].strip():
        before = min(before, position)
    after = min((start for start in starts if start > position), default=len(text))
    return before, max(after, position + 1)


def _position(error: UnexpectedInput, text: str) -> int:
    place = error.pos_in_stream
    return len(text) if place is None or place < 0 else place


# -------------------------------------------------------------- syntax messages

_TERMINALS = {
    "NAME": "a name",
    "STRING": 'words in quotation marks "…"',
    "INT": "a number",
    "MONTH": "a month",
    "UNIT": "days, weeks, months or years",
    "ROW": "a row such as S-152",
    "YES_NO": "`yes/no`",
    "TAKES": "a name that ends in `_by` or `_with`",
    "FACT": "a fact with a date",
    "_ON_THE_DAY": "`on the day of`",
    "_IN_FORCE": "`in force`",
    "_THEN": "`, then`",
    "_UNLESS": "`unless`",
    "_FAILING": "`failing which`",
    "COMMA": "`,`",
    "LPAR": "`(`",
    "RPAR": "`)`",
    "COLON": "`:`",
    "DOT": "`.`",
    "$END": "the end of the file",
}

_WORDS = {
    **{name: [] for name in _TERMINALS},
    "UNIT": ["days", "weeks", "months", "years"],
    "MONTH": MONTHS,
    "_UNLESS": ["unless"],
    "_FAILING": ["failing"],
    "_IN_FORCE": ["in"],
}
"""What may be meant by a misspelt word where a terminal is expected; others say it themselves."""


def _wording(terminal: str) -> str:
    return _TERMINALS.get(terminal) or f"`{terminal.lower()}`"


def _report(error: UnexpectedInput, source: SourceText, diagnostics: Diagnostics) -> None:
    if isinstance(error, UnexpectedToken):
        _report_token(error, source, diagnostics)
    elif isinstance(error, UnexpectedCharacters):
        _report_character(error, source, diagnostics)
    else:
        raise error


def _report_token(error: UnexpectedToken, source: SourceText, diagnostics: Diagnostics) -> None:
    token = error.token
    if token.type == "$END":
        span = _end_span(source)
        title = "the file ends in the middle of a statement"
    else:
        span = token_span(token, source.file)
        title = f"did not expect `{token}` here"
    diagnostics.add("syntax", title, span, why=UNREAD, help=_help(error))


def _report_misspelt(token: Token, word: str, file: str, diagnostics: Diagnostics) -> None:
    diagnostics.add(
        "syntax",
        f"`{token}` is no word of the language",
        token_span(token, file),
        why=UNREAD,
        help=f"did you mean `{word}`?",
    )


def _guess(error: UnexpectedToken) -> str:
    """``did you mean …?`` if the word is near one that can stand there."""
    expected = sorted(error.accepts or error.expected)
    keywords = [word for name in expected for word in _WORDS.get(name, [name.lower()])]
    return did_you_mean(error.token, keywords) if error.token.type == "NAME" else ""


def _help(error: UnexpectedToken) -> str:
    token, expected = error.token, sorted(error.accepts or error.expected)
    if (
        {"NAME"} <= set(expected) <= {"NAME", "TAKES", "FACT"}
        and _is_keyword(token.type)
        and token.isidentifier()
    ):
        return f"`{token}` is a word of the language and cannot be a name: use another"
    words = [_wording(name) for name in expected if name not in _statement_terminals()]
    shown = ", ".join(words[:14])
    listed = f"what can stand here: {shown}" if shown else "start the next statement"
    return f"{_guess(error)} {listed}".strip()


def _is_keyword(terminal: str) -> bool:
    return terminal not in _TERMINALS


def _statement_terminals() -> set[str]:
    return {word.upper() for word in STATEMENTS} | {"$END"}


_HINTS = {
    "“": 'use straight quotation marks: "…"',
    "”": 'use straight quotation marks: "…"',
    "‘": "use no quotation mark here",
    "’": "use no apostrophe here",
    '"': "close the quotation mark on the same line",
    "-": "write a number and a unit with a space: `6 weeks`",
    "/": "write a date as `23 May 2024`",
}


def _report_character(
    error: UnexpectedCharacters, source: SourceText, diagnostics: Diagnostics
) -> None:
    character = source.text[error.pos_in_stream] if error.pos_in_stream is not None else "?"
    span = Span(source.file, error.line, error.column, error.line, error.column + 1)
    diagnostics.add(
        "syntax",
        f"`{character}` is not part of the language",
        span,
        why=UNREAD,
        help=_HINTS.get(character, "remove it, or put text in quotation marks"),
    )


def _end_span(source: SourceText) -> Span:
    lines = source.text.rstrip().splitlines() or [""]
    return Span(source.file, len(lines), len(lines[-1]) + 1, len(lines), len(lines[-1]) + 2)
