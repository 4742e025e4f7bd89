"""The rules of the house: the walls stand, no machine is named, and links lead somewhere."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parents[1]
PACKAGES = ("bot", "engine", "store", "schedules")
SOURCES = [path for package in PACKAGES for path in sorted((HOME / package).rglob("*.py"))]
TESTS = sorted((HOME / "tests").rglob("*.py"))
LONGEST_FUNCTION = 60
# Each with one letter in brackets, so that this file does not name them either.
MACHINE = re.compile(r"(?<![A-Za-z0-9._$}-])/(wor[k]|far[m])/")
REGISTRIES = re.compile(r"pyp[i]\.org|python[h]osted|registry\.[n]pm|/sim[p]le/")
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")


def kept_files() -> list[Path]:
    """Every file that is kept, or is about to be."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=HOME,
        capture_output=True,
        check=True,
    )
    names = filter(None, listed.stdout.decode().split("\0"))
    return [path for path in (HOME / name for name in names) if path.is_file()]


def texts() -> Iterator[tuple[Path, str]]:
    for path in kept_files():
        try:
            yield path, path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_the_walls_between_the_rooms_stand() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([str(linter), "--no-cache"], cwd=HOME, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_module_says_what_lives_in_it() -> None:
    silent = [
        str(path.relative_to(HOME))
        for path in (*SOURCES, *TESTS)
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert silent == []


def test_no_function_is_longer_than_sixty_lines() -> None:
    long = [
        f"{path.relative_to(HOME)}:{each.lineno} {each.name}"
        for path in SOURCES
        for each in functions(path)
        if each.end_lineno and each.end_lineno - each.lineno + 1 > LONGEST_FUNCTION
    ]
    assert long == []


def test_nine_functions_in_ten_are_shorter_than_thirty_lines() -> None:
    lengths = sorted(
        each.end_lineno - each.lineno + 1 for path in SOURCES for each in functions(path) if each.end_lineno
    )
    assert lengths[len(lengths) * 9 // 10] < 30


def test_every_name_of_a_test_is_its_own_in_its_file() -> None:
    for path in TESTS:
        names = [each.name for each in functions(path) if each.name.startswith("test_")]
        assert len(names) == len(set(names)), path


def test_only_the_settings_read_the_environment() -> None:
    readers = {
        str(path.relative_to(HOME))
        for path in SOURCES
        if re.search(r"os\.(environ|getenv)", path.read_text(encoding="utf-8"))
    }
    # The command hands its environment to the settings; the doctor says which of them are set.
    assert readers <= {"bot/cli.py", "bot/doctor.py", "bot/settings.py"}


@pytest.mark.parametrize("pattern", [MACHINE, REGISTRIES], ids=["machine", "registry"])
def test_no_file_names_this_machine_or_a_registry(pattern: re.Pattern[str]) -> None:
    named = [
        f"{path.relative_to(HOME)}: {found.group()}"
        for path, text in texts()
        if (found := pattern.search(text))
    ]
    assert named == []


def test_no_file_holds_a_token() -> None:
    token = re.compile(r"xox[abp]-\d{9,}-|xapp-\d-[A-Z0-9]{9,}-")
    assert [str(path.relative_to(HOME)) for path, text in texts() if token.search(text)] == []


def test_every_link_in_the_documents_leads_to_a_file_or_a_heading() -> None:
    dead = []
    for path, text in texts():
        if path.suffix != ".md":
            continue
        for target in LINK.findall(text):
            name, _, heading = target.partition("#")
            if re.match(r"[a-z]+:", target):
                continue
            file = (path.parent / name).resolve() if name else path
            if not file.exists() or (heading and heading not in headings(file)):
                dead.append(f"{path.relative_to(HOME)}: {target}")
    assert dead == []


def headings(path: Path) -> set[str]:
    """The anchors of a document's headings."""
    lines = re.findall(r"(?m)^#+ +(.+)$", path.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w -]", "", line.lower()).strip().replace(" ", "-") for line in lines}
