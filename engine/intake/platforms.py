"""Which platform a file is from: what a person says, what only one platform writes, what its cells name."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from engine.intake.headers import Meaning, folded, known
from engine.intake.platform_names import OTHER, platform_of

# As ``headers.txt`` names them, and as people do.
NAMES = {
    "meta": "Meta",
    "google": "Google",
    "tiktok": "TikTok",
    "linkedin": "LinkedIn",
    "microsoft": "Microsoft",
    "snapchat": "Snapchat",
    "pinterest": "Pinterest",
    "reddit": "Reddit",
    "x": "X",
}
SECTIONS = {name: section for section, name in NAMES.items()}
# What stands above the header. Names of campaigns do not, so the platform's own name is a sign there.
_ABOVE = {
    "microsoft": re.compile(
        r"report aggregation:|potential incomplete data:|report filter:|microsoft advertising|bing ads", re.I
    ),
    "linkedin": re.compile(r"linkedin|performance report \(in utc\)", re.I),
    "google": re.compile(r"google ads|adwords", re.I),
    "tiktok": re.compile(r"tiktok", re.I),
    "meta": re.compile(r"meta ads|facebook ads|ads manager report", re.I),
}


def said(source: str | None) -> str | None:
    """Give the platform that a person's word for a source is, or ``None`` where it is another name."""
    platform, _ = platform_of(source) if source else (OTHER, "")
    return platform if platform in SECTIONS else _spelled(source or "")


def written_by(names: Sequence[str], preface: Sequence[str], cells: Iterable[str] = ()) -> str | None:
    """Give the platform of a file by its header, else by the lines above it, else by its platform column.

    ``cells`` are of that column: they count where all name one platform. ``None`` is nobody's.
    """
    return _by_header(names) or _by_preface(preface) or _by_cells(cells)


def _by_header(names: Sequence[str]) -> str | None:
    signs = Counter(
        platform
        for name in names
        if (named := known(name))
        for platform, meaning in named.meanings.items()
        if meaning.is_sign
    )
    if signs and _pays_as_microsoft(names):
        del signs["google"]
        signs["microsoft"] += 1
    return _alone(signs)


def _pays_as_microsoft(names: Sequence[str]) -> bool:
    """Microsoft's tables have Google's "Impr." and "Conv. rate", but no "Cost": theirs is "Spend"."""
    paid = [named.meanings for name in names if (named := known(name))]
    return any("google" in each for each in paid if _signs(each)) and any(
        "microsoft" in each and each["microsoft"].what == "spend" for each in paid
    )


def _signs(meanings: Mapping[str, Meaning]) -> bool:
    return any(each.is_sign for each in meanings.values())


def _by_preface(preface: Sequence[str]) -> str | None:
    text = "\n".join(preface)
    return _alone(Counter(section for section, sign in _ABOVE.items() if sign.search(text)))


def _by_cells(cells: Iterable[str]) -> str | None:
    named = {said(cell) for cell in cells if cell.strip()}
    return named.pop() if len(named) == 1 else None


def _alone(signs: Counter[str]) -> str | None:
    """Give the platform with the most signs; two with as many say nothing."""
    (first, most), (_, next_most) = [*signs.most_common(2), ("", 0), ("", 0)][:2]
    return NAMES.get(first) if most > next_most else None


def _spelled(source: str) -> str | None:
    plain = folded(source).removesuffix("ads").removesuffix("advertising")
    return NAMES.get("x" if plain == "twitter" else plain)
