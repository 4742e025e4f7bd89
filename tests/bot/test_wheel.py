"""What is installed is whole: the wheel brings every file that the packages open."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from bot.manifest import manifest

PROJECT = Path(__file__).resolve().parents[2]
PAGE = sorted(each.name for each in (PROJECT / "bot" / "sandbox" / "page").iterdir() if each.is_file())
OPENING = """
import bot, json, sys
from importlib import resources
from bot.manifest import manifest
page = resources.files("bot.sandbox") / "page"
json.dump(
    {
        "home": bot.__file__,
        "manifest": manifest(),
        "page": {each.name: len(each.read_bytes()) for each in page.iterdir()},
    },
    sys.stdout,
)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy so that the project's folder stays as it is."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=PROJECT,
        capture_output=True,
        check=True,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        if name.startswith("tests/") or not (PROJECT / name).is_file():
            continue
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_bytes((PROJECT / name).read_bytes())
    done = build(source, folder, "--no-build-isolation", "--no-index")
    if done.returncode and "setuptools" in done.stderr:  # newer Pythons bring none along: ask pip for it
        done = build(source, folder, "--retries", "0", "--timeout", "10")
    if done.returncode and "setuptools" in done.stderr:
        pytest.skip("no setuptools here, and pip reaches no index to take it from")
    assert done.returncode == 0, done.stderr
    (made,) = folder.glob("marko-*.whl")
    return made


def build(source: Path, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-deps"]
    arguments = [*command, *options, "-w", str(folder), str(source)]
    return subprocess.run(arguments, capture_output=True, text=True, check=False)


def test_the_wheel_holds_the_four_packages_and_their_data_and_no_tests(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.partition("/")[0] for name in names if ".dist-info/" not in name}
    assert tops == {"bot", "engine", "schedules", "store"}
    for package in tops:
        modules = {str(each.relative_to(PROJECT)) for each in (PROJECT / package).rglob("*.py")}
        assert modules <= set(names), package
    assert "bot/manifest.json" in names
    assert "engine/intake/headers.txt" in names
    assert {f"bot/sandbox/page/{name}" for name in PAGE} <= set(names)


def test_the_command_is_installed_under_its_name(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    (entry,) = [name for name in archive.namelist() if name.endswith("entry_points.txt")]
    assert "marko = bot.cli:main" in archive.read(entry).decode()


def test_the_installed_package_opens_its_manifest_and_its_page(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path / "installed")
    done = subprocess.run(
        [sys.executable, "-c", OPENING],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path / "installed"), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert Path(found["home"]).is_relative_to(tmp_path)
    assert found["manifest"] == manifest()
    assert sorted(found["page"]) == PAGE
    assert all(found["page"].values())
