"""What is shipped: every package, every rule file, and nothing that was not meant."""

from __future__ import annotations

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
