"""What a file is by its content, never by its name, and how a person gets a table out of what is none."""

import re
from typing import Literal

from engine.intake.refusing import refused

TAKEN = "CSV, TSV, XLSX or JSON"
SAVE = f"{TAKEN}: open it and save it as CSV or XLSX"
UNPACK = f"{TAKEN}: unpack it and hand in the table itself"
_AGAIN = f"{TAKEN}: sign in on the platform and download the export again"
# The first bytes, what they are the first bytes of, and the rule with the way out.
_NO_TABLES = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel file or one with a password", SAVE),
    (b"%PDF", "a PDF", f"{TAKEN}: download the report as CSV"),
    (b"\x89PNG", "a picture", f"{TAKEN}: download the report as CSV"),
    (b"\xff\xd8\xff", "a picture", f"{TAKEN}: download the report as CSV"),
    (b"GIF8", "a picture", f"{TAKEN}: download the report as CSV"),
    (b"RIFF", "a picture or a film", f"{TAKEN}: download the report as CSV"),
    (b"PAR1", "a Parquet file", SAVE),
    (b"SQLite format 3\0", "a database", SAVE),
    (b"BZh", "a bzip2 archive", UNPACK),
    (b"\xfd7zXZ\0", "an xz archive", UNPACK),
    (b"\x28\xb5\x2f\xfd", "a zstd archive", UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", UNPACK),
    (b"Rar!", "a RAR archive", UNPACK),
    (b"{\\rtf", "a text document", SAVE),
)  # fmt: skip
_WEB_PAGE = re.compile(
    rb"<(!doctype\s+html|html|head|body|table|meta|script|div|title|style|!--)", re.IGNORECASE
)
_JSON = re.compile(rb'\[\s*([\[{"\]]|-?\d[\d.eE+-]*\s*[,\]]|$)|\{\s*(["}]|$)')


def kind_by_bytes(head: bytes) -> Literal["gzip", "zip"] | None:
    """Tell packed files by their first bytes. Raises ``Refused`` for what is no table at all."""
    if not head:
        raise refused("an empty file", "a table with a header and rows")
    if head.startswith(b"\x1f\x8b"):
        return "gzip"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    for first, what, rule in _NO_TABLES:
        if head.startswith(first):
            raise refused(what, rule)
    return None


def kind_of_text(head: bytes) -> Literal["csv", "json"]:
    """Tell tables from JSON by the first bytes of a UTF-8 text. Raises ``Refused`` for web pages and XML."""
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not text:
        raise refused("an empty file", "a table with a header and rows")
    if _WEB_PAGE.match(text):
        raise refused("a web page", _AGAIN if _is_sign_in(text) else SAVE)
    if text.startswith(b"<?xml"):
        is_page = b"<html" in text[:2000].lower()
        raise refused("a web page" if is_page else "an XML file", SAVE)
    return "json" if is_json(text) else "csv"


def is_json(head: bytes) -> bool:
    """Say whether a text begins as JSON does."""
    return _JSON.match(head.lstrip(b"\xef\xbb\xbf \t\r\n")) is not None


def _is_sign_in(page: bytes) -> bool:
    """A page without a table is what a platform answers to whoever is not signed in."""
    return b"<table" not in page.lower()
