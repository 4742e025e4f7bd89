"""A file as it was handed in becomes plain UTF-8 text, or a refusal that says what it is."""

import codecs
import gzip
import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.errors import Fault, Refused
from engine.intake.opening import LARGEST, Opened, opened

TABLE = "Day,Campaign name,Spend\n2026-03-01,Frühling & Spaß,12.50\n2026-03-02,„Été“ à Paris,7.00\n"


def put(folder: Path, content: bytes, name: str = "export.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def text_of(path: Path) -> str:
    with opened(path, path.name) as found:
        return read(found)


def read(found: Opened) -> str:
    content = found.path.read_bytes()
    assert found.size == len(content)
    return content[found.start :].decode()


def fault_of(path: Path) -> Fault:
    with pytest.raises(Refused) as refusal, opened(path, path.name):
        pass
    assert refusal.value.source == path.name
    return refusal.value.faults[0]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
)
def test_a_table_reads_alike_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    assert text_of(put(tmp_path, TABLE.encode(encoding))) == TABLE


def test_utf_16_with_either_mark_is_told_by_it(tmp_path: Path) -> None:
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        path = put(tmp_path, mark + TABLE.encode(encoding))
        with opened(path, "export.csv") as found:
            assert (found.encoding, found.start, read(found)) == (encoding, 0, TABLE)


def test_a_clean_file_is_read_where_it_is_and_a_mark_is_stepped_over(tmp_path: Path) -> None:
    path = put(tmp_path, codecs.BOM_UTF8 + TABLE.encode())
    with opened(path, "export.csv") as found:
        assert (found.path, found.start, found.kind, found.is_typed) == (path, 3, "csv", False)


def test_a_copy_is_gone_when_it_is_closed_and_the_file_stays(tmp_path: Path) -> None:
    path = put(tmp_path, TABLE.encode("utf-16"))
    with opened(path, "export.csv") as found:
        copy = found.path
        assert copy != path
    assert not copy.exists()
    assert path.exists()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
def test_every_line_end_becomes_one_that_is_read(tmp_path: Path, end: str, encoding: str) -> None:
    made = text_of(put(tmp_path, TABLE.replace("\n", end).encode(encoding)))
    assert made.replace("\r\n", "\n") == TABLE
    assert "\r" not in made.replace("\r\n", "")


def test_a_lone_return_among_other_ends_is_one_outside_quotes_alone(tmp_path: Path) -> None:
    path = put(tmp_path, b'Day,Campaign\r\n1,"two\rlines"\r2,plain\r\n')
    assert text_of(path) == 'Day,Campaign\r\n1,"two\rlines"\n2,plain\r\n'


def test_a_return_at_the_end_of_a_block_is_not_torn_from_its_line_feed(tmp_path: Path) -> None:
    row = b"2026-03-01,spring-sale,12.5\r\n"
    content = b"Day,Campaign name,Spend\r\n" + row * 150_000
    for pad in range(3):
        path = put(tmp_path, content[:24].replace(b"Day", b"Day" + b"x" * pad) + content[24:])
        with opened(path, "export.csv") as found:
            assert found.path == path


# What the bytes of other encodings would become, were they taken for Windows-1252.
FOREIGN = {
    "cp1251": "Кампания,Показы\nВесенняя распродажа,5\n",
    "cp1253": "Ημέρα,Καμπάνια\n1,Ανοιξιάτικη\n",
    "cp1250": "Kampania,Wyświetlenia\nŁódź wiosną,5\n",
    "iso-8859-2": "Kampaň,Zobrazení\nPříliš žluťoučký kůň,5\n",
    "cp1254": "Kampanya,Tıklama\nİlkbahar Şenliği,5\n",
    "mac-roman": "Kampagne,Öffnungen\nFrühling für Größen,5\n",
    "cp850": "Kampagne,Klicks\nFrühling für Größen,5\n",
    "shift-jis": "キャンペーン,表示回数\n春のセール,5\n",
    "gbk": "广告系列,展示次数\n春季促销活动,5\n",
    "big5": "廣告活動,曝光次數\n春季促銷活動,5\n",
    "euc-kr": "캠페인,노출수\n봄맞이세일,5\n",
    "iso-8859-15": "Campaign,Spend (€)\nspring,5\n",
}


@pytest.mark.parametrize("encoding", FOREIGN)
def test_an_encoding_that_cannot_be_told_is_refused_with_its_line_never_garbled(
    tmp_path: Path, encoding: str
) -> None:
    fault = fault_of(put(tmp_path, FOREIGN[encoding].encode(encoding)))
    assert fault.field == "encoding"
    assert fault.line in (1, 2)
    assert "UTF-8" in fault.rule


WESTERN = (
    "Größe für Übermut, Straße", "L'été à Nîmes, cœur, où, çà", "¿Cuánto? ¡Mañana!, Peñíscola",
    "São Paulo, ações, põe",
    "Città, perché", "coördinatie, één", "Škoda Octavia – “neu” … €5", "Smörgåsbord, Ærø, Ångström",
    "Nike® Run™ 50°",
    "m² und 30 % – 5 €", "ÄÖÜ äöü ß", "Crème brûlée · n° 5",
)  # fmt: skip


@pytest.mark.parametrize("name", WESTERN)
def test_western_names_in_windows_1252_keep_their_letters(tmp_path: Path, name: str) -> None:
    table = f'Day;Campaign name;Spend\n2026-03-01;"{name}";12\n'
    assert text_of(put(tmp_path, table.encode("cp1252"))) == table


def test_utf_8_with_a_broken_byte_is_refused_with_line_and_byte(tmp_path: Path) -> None:
    fault = fault_of(put(tmp_path, TABLE.encode() + b"2026-03-03,Caf\xe9,1\n"))
    assert (fault.field, fault.line) == ("encoding", 4)
    assert fault.value == "byte 15, some letters are UTF-8 and some are not"


def test_utf_8_cut_off_within_a_letter_is_refused(tmp_path: Path) -> None:
    content = TABLE.encode() + "2026-03-03,Ä".encode()[:-1]
    assert fault_of(put(tmp_path, content)).line == 4


def test_utf_16_cut_off_is_refused_with_its_last_line(tmp_path: Path) -> None:
    fault = fault_of(put(tmp_path, TABLE.encode("utf-16")[:-1]))
    assert (fault.field, fault.value, fault.line) == (
        "encoding",
        "the UTF-16 text is cut off or broken here",
        3,
    )


def test_zero_bytes_are_no_text(tmp_path: Path) -> None:
    assert fault_of(put(tmp_path, TABLE.encode() + b"\0" * 40)).value == "a zero byte"


# Packed


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_gzip_is_unpacked_whatever_it_is_called(tmp_path: Path, encoding: str) -> None:
    assert text_of(put(tmp_path, gzip.compress(TABLE.encode(encoding)), "export.csv")) == TABLE


def test_members_of_a_gzip_follow_each_other_and_zeros_at_its_end_are_nothing(tmp_path: Path) -> None:
    first, second = TABLE[:30].encode(), TABLE[30:].encode()
    packed = gzip.compress(first) + gzip.compress(b"") + gzip.compress(second) + b"\0" * 512
    assert text_of(put(tmp_path, packed)) == TABLE


def test_a_gzip_of_many_blocks_keeps_every_byte(tmp_path: Path) -> None:
    table = "Day,Campaign name,Spend\n" + "".join(f"2026-03-01,sale {at},{at}.50\n" for at in range(200_000))
    assert text_of(put(tmp_path, gzip.compress(table.encode(), 1))) == table


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (lambda packed: packed[:-1], "a gzip file that is cut off"),
        (lambda packed: packed[: len(packed) // 2], "a gzip file that is cut off"),
        (lambda packed: packed[:4], "a gzip file that is cut off"),
        (lambda packed: packed[:-6] + b"\1" + packed[-5:], "a broken gzip file"),
        (lambda packed: packed + b"more", "something after its end"),
    ],
)
def test_a_broken_gzip_is_refused_saying_how(tmp_path: Path, broken: object, told: str) -> None:
    assert callable(broken)
    assert fault_of(put(tmp_path, broken(gzip.compress(TABLE.encode())))).value == told


def test_gzip_within_gzip_is_refused(tmp_path: Path) -> None:
    assert fault_of(put(tmp_path, gzip.compress(gzip.compress(TABLE.encode())))).value == "gzip within gzip"


def test_a_zip_with_one_table_is_unpacked_and_one_with_two_is_refused(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("report/", "")
        archive.writestr("report/March.csv", TABLE.encode("utf-16"))
    assert text_of(put(tmp_path, packed.getvalue(), "report.zip")) == TABLE
    with zipfile.ZipFile(packed, "a") as archive:
        archive.writestr("April.csv", TABLE)
    assert fault_of(put(tmp_path, packed.getvalue(), "report.zip")).value == "a zip archive of 2 files"


# What is no table


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "an empty file"),
        (b" \r\n\r\n", "an empty file"),
        (codecs.BOM_UTF8, "an empty file"),
        (b"%PDF-1.7 \xe2\xe3", "a PDF"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 20, "a picture"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "an old Excel file or one with a password"),
        (b"PAR1" + b"\0" * 20, "a Parquet file"),
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "a web page"),
        ("\ufeff\n<HTML><table><tr><td>1</td></tr></table>".encode("utf-16"), "a web page"),
        (b'<?xml version="1.0"?><html xmlns="x"/>', "a web page"),
        (b'<?xml version="1.0"?><Workbook/>', "an XML file"),
    ],
)
@pytest.mark.parametrize("name", ["export.csv", "export.xls", "export.xlsx"])
def test_what_is_no_table_is_told_by_its_content_not_its_name(
    tmp_path: Path, content: bytes, told: str, name: str
) -> None:
    assert fault_of(put(tmp_path, content, name)).value == told


def test_a_page_without_a_table_says_to_sign_in_and_one_with_a_table_to_save_it(tmp_path: Path) -> None:
    assert "sign in" in fault_of(put(tmp_path, b"<html><form>Password</form></html>")).rule
    assert "save it as CSV or XLSX" in fault_of(put(tmp_path, b"<html><table></table></html>")).rule


def test_the_refusal_names_file_value_and_way_out(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refusal, opened(put(tmp_path, b"%PDF-1.7"), "report.pdf"):
        pass
    assert str(refusal.value) == (
        "Nothing taken from report.pdf.\n"
        'file: a PDF breaks the rule "CSV, TSV, XLSX or JSON: download the report as CSV".\n'
        "Nothing was stored."
    )


def test_a_file_over_the_limit_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(LARGEST + 1)
    assert fault_of(path).value == f"{LARGEST + 1:,} bytes"


def test_a_line_without_end_is_refused(tmp_path: Path) -> None:
    assert fault_of(put(tmp_path, b"Day,Spend\n" + b"1," * 700_000)).value == "a line of over 1,048,576 bytes"


# Escaped quotes


def test_quotes_escaped_by_a_backslash_are_doubled(tmp_path: Path) -> None:
    path = put(tmp_path, b'Day,Campaign name,Spend\n1,"the \\"best\\", really",5\n2,"a \\\\ b",6\n')
    assert text_of(path) == 'Day,Campaign name,Spend\n1,"the ""best"", really",5\n2,"a \\ b",6\n'


def test_a_backslash_at_the_end_of_a_cell_is_a_backslash(tmp_path: Path) -> None:
    table = 'Day,Folder,Spend\n1,"C:\\ads\\",5\n2,"D:\\",6\n'
    assert text_of(put(tmp_path, table.encode())) == table


def test_an_escaped_quote_far_down_is_found(tmp_path: Path) -> None:
    rows = "".join(f'{at},"sale {at}",5\n' for at in range(30_000))
    path = put(tmp_path, f'Day,Campaign,Spend\n{rows}9,"a \\"b\\", c",5\n{rows}'.encode())
    assert '9,"a ""b"", c",5\n' in text_of(path)


# Any text


western = st.text(st.sampled_from("abcXYZ 09-_|&äöüßéèñçãœ€–’"), min_size=1, max_size=20)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    names=st.lists(western, min_size=1, max_size=12),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    is_packed=st.booleans(),
)  # fmt: skip
def test_any_table_comes_back_letter_by_letter_or_is_refused(
    tmp_path: Path, names: list[str], encoding: str, end: str, is_packed: bool
) -> None:
    table = "".join(f"{line}{end}" for line in ("Campaign name;Spend", *(f"{name};5" for name in names)))
    content = table.encode(encoding)
    told = table.replace("\r\n", "\n").replace("\r", "\n")
    path = put(tmp_path, gzip.compress(content) if is_packed else content)
    try:
        made = text_of(path)
    except Refused as problem:
        # Every other encoding proves itself.
        is_open = (encoding, problem.faults[0].field) == ("cp1252", "encoding")
        made = told if is_open else ""
    assert made.replace("\r\n", "\n") == told
