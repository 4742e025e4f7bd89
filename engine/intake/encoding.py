"""Which encoding a text file is in, proven over the whole of it, and its copy in UTF-8.

UTF-8 proves itself: no other text fits its pattern by chance. What does not fit is read as Windows-1252 only
where every accented letter and sign stands as Western languages write it. Anything else would put wrong
letters into names without a word, so it is refused with the line and byte.
"""

import codecs
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from engine.intake.kinds import is_json
from engine.intake.refusing import refused

PIECE = 1 << 20
LONGEST_LINE = PIECE  # bytes; a row of an export has some hundred
LONGEST_JSON = 32 * PIECE  # which may all be on one line
SAVE_AS = 'text in UTF-8: save it as "CSV UTF-8"'
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UTF8_SIGN = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HIGH = re.compile(rb"[0-9A-Za-z]?[\x80-\xff]+[0-9A-Za-z]?")
_MOST_DIFFERENT = 20_000  # different surroundings of accented letters: above that it is no text
_LOWER = "àáâãäåæçèéêëìíîïñòóôõöøùúûüßœ"
_UPPER = "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜŒ"
_CARON = "ŠŽ"  # foreign names in Western text, at the beginning of a word: Škoda
_ANYWHERE = "\u00a0\u2018\u2019´\u00b7–—-®™©ªº°\u00ad…•"  # may stand between two letters
_APART = "€£¥¢„“”‚«»‹›¡¿§±×µ¶†‡‰½¼¾¨`|¦"  # never between two letters


class Written(NamedTuple):
    """How a text is written: its encoding, the bytes of its BOM, and what its line ends are.

    ``escape`` is where a quote first follows a backslash, in bytes; -1 where none does.
    """

    encoding: str
    bom: int
    returns: bool  # has line ends that are a lone CR
    feeds: bool  # has line ends with LF
    escape: int = -1

    @property
    def is_plain(self) -> bool:
        """Whether it can be read as it is."""
        return self.encoding == "utf-8" and not self.returns


def written(path: Path) -> Written:
    """Find a text's encoding over all of its bytes. Raises ``Refused`` with line and byte where none fits."""
    with path.open("rb") as file:
        head = file.read(1 << 16)
        encoding, bom = _by_its_head(head)
        if encoding != "utf-8":
            return Written(encoding, bom, returns=True, feeds=True)
        file.seek(bom)
        longest = LONGEST_JSON if is_json(head) else LONGEST_LINE
        found = _as_utf8(file, longest)
        if found is not None:
            return found
        file.seek(0)
        _check_western(file, longest)
        return Written("cp1252", 0, returns=True, feeds=True)


def _by_its_head(head: bytes) -> tuple[str, int]:
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name, len(mark)
    some = head[: 1 << 12]
    some = some[: len(some) // 2 * 2]
    even, odd = some[::2].count(0), some[1::2].count(0)
    half = len(some) // 2
    # Latin letters in UTF-16 have a zero in every second byte; names in other scripts have fewer.
    if odd > half // 4 and even <= half // 50:
        return "utf-16-le", 0
    if even > half // 4 and odd <= half // 50:
        return "utf-16-be", 0
    return "utf-8", 0


def pieces(file: BinaryIO) -> Iterator[bytes]:
    return iter(lambda: file.read(PIECE), b"")


def _as_utf8(file: BinaryIO, longest: int) -> Written | None:
    """Say how valid UTF-8 is written; ``None`` where it is something else. Gigabytes go through here."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    returns = feeds = False
    bom = at = file.tell()
    unbroken, ended, escape = 0, b"", -1
    try:
        for piece in pieces(file):
            if not piece.isascii() or decoder.getstate()[0]:
                decoder.decode(piece)
            unbroken = _checked_piece(piece, unbroken, longest)
            feeds = feeds or b"\n" in piece
            if not returns and (ended == b"\r" or b"\r" in piece):
                returns = (ended + piece[:-1]).count(b"\r") > (ended + piece).count(b"\r\n")
            if escape < 0 and b"\\" in piece and (found := piece.find(b'\\"')) >= 0:
                escape = at + found
            ended = piece[-1:]
            at += len(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return None
    return Written("utf-8", bom, returns=returns or ended == b"\r", feeds=feeds, escape=escape)


def _checked_piece(piece: bytes, unbroken: int, longest: int) -> int:
    """Refuse what no text has; give how long the last line of the piece is so far."""
    if b"\0" in piece:
        raise refused("a zero byte", "a table as text or XLSX: download the export again")
    end = b"\n" if b"\n" in piece else b"\r"
    first = piece.find(end)
    length = unbroken + (len(piece) if first < 0 else first)
    if length > longest:
        raise refused(f"a line of over {longest:,} bytes", f"at most {longest:,} bytes in a line")
    return length if first < 0 else len(piece) - 1 - piece.rfind(end)


def _check_western(file: BinaryIO, longest: int) -> None:
    """Refuse a text that is neither UTF-8 nor surely Windows-1252."""
    utf8 = False
    other: tuple[int, int] | None = None  # line and byte of the first sign that is not UTF-8
    seen: dict[bytes, tuple[int, int]] = {}
    line, unbroken = 1, 0
    for piece in _whole_lines(file):
        unbroken = _checked_piece(piece, unbroken, longest)
        if not piece.isascii():
            for match in _HIGH.finditer(piece):
                around = match.group()
                if around not in seen:
                    seen[around] = place = _place(piece, match.start(), line)
                    rest = _UTF8_SIGN.sub(b"", around)
                    utf8 = utf8 or rest != around
                    other = other or (None if rest.isascii() else place)
            if len(seen) > _MOST_DIFFERENT:
                break
        line += piece.count(b"\n") or piece.count(b"\r")
    _judge(seen, other, mixed=utf8)


def _place(piece: bytes, at: int, line: int) -> tuple[int, int]:
    """Give the line, and the byte within it from 1, of the first byte beyond ASCII."""
    while piece[at] < 0x80:
        at += 1
    end = b"\n" if b"\n" in piece else b"\r"
    return line + piece.count(end, 0, at), at - piece.rfind(end, 0, at)


def _whole_lines(file: BinaryIO) -> Iterator[bytes]:
    """Pieces that are cut at ASCII, so that no letter is torn apart."""
    left = b""
    for piece in pieces(file):
        content = left + piece
        end = max(content.rfind(b"\n"), content.rfind(b"\r")) + 1 or len(content)
        yield content[:end]
        left = content[end:]
    if left:
        yield left


def _judge(seen: dict[bytes, tuple[int, int]], other: tuple[int, int] | None, *, mixed: bool) -> None:
    if mixed and other:
        raise _unreadable(other, "some letters are UTF-8 and some are not")
    if len(seen) > _MOST_DIFFERENT:
        raise refused("bytes that are no letters", SAVE_AS)
    for around, place in seen.items():
        if not _is_western(around):
            raise _unreadable(place, "neither UTF-8 nor Windows-1252")


def _unreadable(place: tuple[int, int], why: str) -> Exception:
    line, byte = place
    return refused(f"byte {byte}, {why}", SAVE_AS, field="encoding", line=line)


def _is_western(around: bytes) -> bool:
    """Say whether signs beyond ASCII, with their neighbours, are what Western languages write.

    Other encodings give themselves away: Cyrillic, Greek and Asian letters stand in long runs, Central
    European and Turkish ones become signs or rare letters in the middle of words, Mac's and DOS's too.
    """
    try:
        text = around.decode("cp1252")
    except UnicodeDecodeError:
        return False
    high = [sign for sign in text if sign > "\x7f"]
    if len([sign for sign in high if sign in _LOWER + _UPPER]) > 4:
        return False
    return all(
        _fits(before, sign, after)
        for before, sign, after in zip(" " + text, text, text[1:] + " ", strict=False)
        if sign > "\x7f"
    )


def _fits(before: str, sign: str, after: str) -> bool:
    between = before.isalpha() and after.isalpha()
    if sign in _LOWER:
        return sign != "õ" or after.lower() in "es " or not after.isalpha()
    if sign in _UPPER:
        return not (before.isalpha() and before.islower())
    if sign in _CARON:
        return not before.isalpha() and after.isalpha()
    if sign in "¹²³":
        return before.isalpha() and not after.isalnum()
    return sign in _ANYWHERE or (sign in _APART and not between)


def as_utf8(source: Path, folder: Path, how: Written) -> tuple[Path, Written]:
    """Copy a text into the folder as UTF-8 without BOM, its lines ending with LF or CRLF.

    Raises ``Refused`` with the line where something does not belong to the encoding.
    """
    made = source
    if how.encoding != "utf-8":
        made = folder / "text"
        _decoded(source, made, how)
        how = written(made)
    if not how.returns:
        return made, how
    straight = folder / "lines"
    with made.open("rb") as file, straight.open("wb") as out:
        file.seek(how.bom)
        out.writelines(_straightened(file) if how.feeds else _all_returns(file))
    return straight, written(straight)


def _decoded(source: Path, target: Path, how: Written) -> None:
    decoder = codecs.getincrementaldecoder(how.encoding)()
    line = 1
    with source.open("rb") as file, target.open("wb") as out:
        file.seek(how.bom)
        try:
            for piece in pieces(file):
                text = decoder.decode(piece)
                line += text.count("\n")
                out.write(text.encode())
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as problem:
            before = problem.object[: problem.start].decode(how.encoding, "ignore")
            name = how.encoding.upper().removesuffix("-LE").removesuffix("-BE")
            rule = "a whole file: download the export again"
            broken = f"the {name} text is cut off or broken here"
            raise refused(broken, rule, field="encoding", line=line + before.count("\n")) from None


def _all_returns(file: BinaryIO) -> Iterator[bytes]:
    return (piece.replace(b"\r", b"\n") for piece in pieces(file))


def _straightened(file: BinaryIO) -> Iterator[bytes]:
    """Make a line's end of each lone CR that stands in no quotes."""
    is_quoted = False

    def straight(sign: re.Match[bytes]) -> bytes:
        nonlocal is_quoted
        if sign.group() == b'"':
            is_quoted = not is_quoted
            return b'"'
        return b"\r" if is_quoted else b"\n"

    for line in file:
        yield re.sub(rb'"|\r(?!\n)', straight, line)
