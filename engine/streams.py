"""What is written part by part, until it is whole: of a run that fails nothing is left."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from duly.engine.hookspecs import Output, Stream


@contextmanager
def given_up_if_it_fails() -> Iterator[list[Stream]]:
    """A list for streams as they are opened; where anything then fails, none leaves a part."""
    opened: list[Stream] = []
    try:
        yield opened
    except BaseException:
        for stream in reversed(opened):
            stream.give_up()
        raise


def opened_at(format: Output, place: Path, streams: list[Stream]) -> Stream | None:
    """The stream to a place, added to those that are open; of a format that has none, nothing."""
    if format.stream is None:
        return None
    stream = format.stream(place)
    streams.append(stream)
    return stream
