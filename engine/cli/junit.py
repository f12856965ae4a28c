"""Results of scenarios into JUnit XML, the form that build servers read.

It holds no times, no name of a machine and no path outside the pack: the same results are the same
bytes, wherever they come from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

from duly.engine.cli.failures import Tested, failure_lines
from duly.engine.scenarios import Result

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(path: Path, packs: Sequence[Tested]) -> None:
    """Write one suite for each pack and one case for each scenario."""
    root = ET.Element("testsuites", _counts(result for pack in packs for result in pack.results))
    for pack in packs:
        name = pack.loaded.own
        suite = ET.SubElement(root, "testsuite", {"name": name, **_counts(pack.results)})
        for result in pack.results:
            _case(suite, pack, result)
    ET.indent(root)
    ET.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def _counts(results: Iterable[Result]) -> dict[str, str]:
    passed = [result.passed for result in results]
    failed = str(passed.count(False))
    return {"tests": str(len(passed)), "failures": failed, "errors": "0", "skipped": "0"}


def _case(suite: ET.Element, pack: Tested, result: Result) -> None:
    span, folder = result.scenario.span, Path(pack.loaded.packs[-1].folder)
    file = Path(span.file).relative_to(folder).as_posix()
    names = {
        "classname": f"{pack.loaded.own}.{Path(file).stem}",
        "name": _clean(result.scenario.title),
        "file": file,
        "line": str(span.line),
    }
    case = ET.SubElement(suite, "testcase", names)
    if result.passed:
        return
    said = [f"line {f.expectation.span.line}: {f.expectation.text}" for f in result.failures]
    failure = ET.SubElement(case, "failure", {"message": _clean(said[0]), "type": "expectation"})
    failure.text = _clean("\n".join(failure_lines(result, pack.duties)))


def _clean(text: str) -> str:
    """Without the few characters that XML cannot hold."""
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
