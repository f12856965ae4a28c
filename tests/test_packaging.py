"""What is shipped: every package, every rule file, and nothing that was not meant."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from zipfile import ZipFile

import pytest

PACKAGE_FOLDERS = ("dsl", "engine", "plugins", "policies")


def packages_on_disk(root: Path) -> set[str]:
    """The import name of every folder that holds Python files."""
    return {
        ".".join(("duly", *folder.relative_to(root).parts))
        for top in PACKAGE_FOLDERS
        for folder in (root / top, *(root / top).rglob("*/"))
        if any(folder.glob("*.py"))
    }


@pytest.fixture(scope="module")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names inside a wheel built from a copy of the project."""
    work = tmp_path_factory.mktemp("wheel")
    for name in ("pyproject.toml", "README.md", "LICENSE", "MANIFEST.in"):
        shutil.copy(root / name, work)
    for folder in PACKAGE_FOLDERS:
        shutil.copytree(root / folder, work / folder)
    build = ["-m", "build", "--wheel", "--no-isolation", "--outdir", "dist", "."]
    subprocess.run([sys.executable, *build], cwd=work, check=True, capture_output=True)
    (built,) = (work / "dist").glob("*.whl")
    return set(ZipFile(built).namelist())


def test_every_package_is_listed(root: Path) -> None:
    """A package missing from the list would work here and be absent from the wheel."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    assert set(project["tool"]["setuptools"]["packages"]) == packages_on_disk(root)


@pytest.mark.parametrize("folder", PACKAGE_FOLDERS)
def test_the_wheel_holds_every_file_that_is_needed(
    root: Path, wheel: set[str], folder: str
) -> None:
    wanted = {
        f"duly/{path.relative_to(root).as_posix()}"
        for pattern in ("*.py", "*.lark", "*.duly", "*.csv", "py.typed")
        for path in (root / folder).rglob(pattern)
    }
    assert wanted
    assert wanted - wheel == set()


def test_the_wheel_holds_nothing_beside_the_package(wheel: set[str]) -> None:
    assert {name.split("/")[0].split("-")[0] for name in wheel} == {"duly"}


def test_the_language_starts_without_numpy() -> None:
    """An editor and `duly check` wait for what the language imports."""
    code = "import sys, duly.dsl.policy, duly.dsl.resolve; print('numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "False\n"


# ----------------------------------------------------------------- a pack as a package

PACK = {
    "region/pack.duly": """
        pack region "Regional standards" over statutory
        source guide "Regional guide"
        rule our_visits "Visits" refines statutory.cla_visits cite guide "1"
          during placement
          interval: must visit CLA every 5 weeks
        """,
    "region/scenarios/visits.duly": """
        scenario "five weeks" placement from 1 March 2024 visit on 4 March 2024
          as at 9 April 2024 expect our_visits overdue due 8 April 2024 by 1 day
        """,
}
TOWN = """
pack town "Town standards" over region
source town_guide "Town guide"
rule our_visits "Visits" refines region.our_visits cite town_guide "1"
  during placement
  interval: must visit CLA every 4 weeks
"""


@pytest.fixture(scope="module")
def installed(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the package of the page about Python, written as it says and installed."""
    work = tmp_path_factory.mktemp("package")
    page = (root / "docs/reference/python.md").read_text(encoding="utf-8")
    section = page.split("### A pack as a package")[1].split("\n:::")[0]
    blocks = dict(re.findall(r"```(\w+)\n(.*?)```", section, re.DOTALL))
    files = {
        "pyproject.toml": blocks["toml"],
        "region_standards/__init__.py": "",
        "region_standards/packs.py": blocks["python"],
        **{f"region_standards/{name}": text for name, text in PACK.items()},
    }
    for name, text in files.items():
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        (work / name).write_text(text, encoding="utf-8")
    pip = ["-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([sys.executable, *pip, "--target", "site", "."], cwd=work, check=True)
    (work / "town").mkdir()
    (work / "town/pack.duly").write_text(TOWN, encoding="utf-8")
    return work


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("plugins", "  region"),
        ("check region", "region over statutory: 1 rule, 1 duty, 1 scenario: no mistakes"),
        ("test region", "region: 1 passed, 0 failed"),
        ("check town", "town over region: 1 rule, 1 duty, 0 scenarios: no mistakes, 1 warning"),
        ("audit town --against region --rule our_visits", "stricter  region.our_visits, interval"),
    ],
)
def test_an_installed_pack_goes_by_its_name(installed: Path, words: str, said: str) -> None:
    """In a run of its own, since what is installed is looked for once."""
    code = "from duly.engine.cli.main import main; main()"
    ended = subprocess.run(
        [sys.executable, "-c", code, *words.split()],
        cwd=installed,
        env={**os.environ, "PYTHONPATH": str(installed / "site")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert any(line.startswith(said) for line in ended.stdout.splitlines())
