"""The words, signs and tones of verdicts."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen


@frozen
class VerdictWord:
    """How a verdict is shown: a sign and a word, always together, and a tone for its colour."""

    sign: str
    text: str
    tone: str
    means: str


VERDICT_WORDS: Mapping[str, VerdictWord] = {
    "met": VerdictWord("●", "met", "good", "done in time"),
    "met_late": VerdictWord("◆", "met late", "late", "done, but after the last day for it"),
    "overdue": VerdictWord("✕", "overdue", "bad", "not done, and the last day has passed"),
    "not_met": VerdictWord("■", "not met", "bad", "not done, and it no longer can be"),
    "due": VerdictWord("○", "due", "open", "not done, and there is still time"),
    "lapsed": VerdictWord("|", "lapsed", "quiet", "came to an end before it fell due"),
    "exempt": VerdictWord("□", "exempt", "quiet", "an exception of the rule applied"),
    "cannot_tell": VerdictWord("△", "cannot tell", "late", "a fact that decides it is missing"),
    "needs_judgement": VerdictWord("◇", "needs judgement", "open", "the text gives no number"),
}
