"""What Slack refuses in tables and charts: table, data_table and data_visualization blocks."""

from typing import Any

from bot.sandbox.faults import Inspection, items

Block = dict[str, Any]

MOST_CHARACTERS = 10_000
MOST_COLUMNS = 20


def table(look: Inspection, at: str, value: Block) -> None:
    """Check a table: 1 to 100 rows of 1 to 20 cells, each with at least one character."""
    if look.count(f"{at}/rows", value.get("rows"), "Rows", most=100):
        for index, row in enumerate(value["rows"]):
            _row(look, f"{at}/rows/{index}", row)
        _characters(look, f"{at}/rows", value["rows"])
    settings = value.get("column_settings")
    if settings is not None and look.count(
        f"{at}/column_settings", settings, "Column settings", most=MOST_COLUMNS
    ):
        for index, setting in enumerate(settings):
            # null keeps a column as it is.
            look.one_of(
                f"{at}/column_settings/{index}",
                setting if isinstance(setting, dict) else {},
                "align",
                ("left", "center", "right"),
            )


def data_table(look: Inspection, at: str, value: Block) -> None:
    """Check a data_table: a caption, a header and 1 to 100 rows as long as it."""
    look.length(f"{at}/caption", value.get("caption"), "A data_table's caption", most=2000)
    if look.count(f"{at}/rows", value.get("rows"), "Rows", most=101, least=2):
        rows = [items(row) for row in value["rows"]] or [[]]
        for index, row in enumerate(value["rows"]):
            _row(look, f"{at}/rows/{index}", row)
            if isinstance(row, list) and len(row) != len(rows[0]):
                look.add(
                    f"{at}/rows/{index}", f"Every row must have {len(rows[0])} cells, as the header has."
                )
        if any(isinstance(cell, dict) and cell.get("type") == "rich_text" for cell in rows[0]):
            look.add(f"{at}/rows/0", "A data_table's header cannot hold rich_text.")
        _characters(look, f"{at}/rows", rows)
    size = value.get("page_size")
    if size is not None and not (isinstance(size, int) and 1 <= size <= 100):
        look.add(f"{at}/page_size", "page_size must be a whole number from 1 to 100.")


def data_visualization(look: Inspection, at: str, value: Block) -> None:
    """Check a chart: a title of 50, then a pie of segments or series over categories."""
    look.length(f"{at}/title", value.get("title"), "A chart's title", most=50)
    chart = value.get("chart")
    kind = chart.get("type") if isinstance(chart, dict) else None
    if not isinstance(chart, dict) or kind not in ("pie", "bar", "area", "line"):
        look.add(f"{at}/chart", f"A chart must be a pie, bar, area or line, it is {kind!r}.")
    elif kind == "pie":
        _pie(look, f"{at}/chart", chart)
    else:
        _series_chart(look, f"{at}/chart", chart)


def _row(look: Inspection, at: str, row: object) -> None:
    if look.count(at, row, "Cells", most=MOST_COLUMNS) and isinstance(row, list):
        for index, cell in enumerate(row):
            _cell(look, f"{at}/{index}", cell)


def _cell(look: Inspection, at: str, cell: object) -> None:
    kind = cell.get("type") if isinstance(cell, dict) else None
    if not isinstance(cell, dict) or kind not in ("raw_text", "raw_number", "rich_text"):
        look.add(at, f"A cell must be raw_text, raw_number or rich_text, it is {kind!r}.")
    elif kind == "raw_text":
        look.length(f"{at}/text", cell.get("text"), "A cell's text", most=MOST_CHARACTERS)
    elif kind == "raw_number" and not _is_number(cell.get("value")):
        look.add(f"{at}/value", "A raw_number's value must be a number.")
    elif kind == "rich_text" and not cell.get("elements"):
        look.add(f"{at}/elements", "A rich_text cell needs at least one character.")


def _characters(look: Inspection, at: str, rows: list[Any]) -> None:
    """Slack counts the characters of all cells together."""
    cells = [cell for row in rows if isinstance(row, list) for cell in row if isinstance(cell, dict)]
    total = sum(_text_length(cell) for cell in cells)
    if total > MOST_CHARACTERS:
        look.add(
            at, f"A table's cells may have {MOST_CHARACTERS:,} characters together, they have {total:,}."
        )


def _text_length(value: object) -> int:
    if isinstance(value, list):
        return sum(_text_length(one) for one in value)
    if not isinstance(value, dict):
        return 0
    own = value.get("text")
    return (len(own) if isinstance(own, str) else 0) + _text_length(value.get("elements"))


def _pie(look: Inspection, at: str, chart: Block) -> None:
    if not look.count(f"{at}/segments", chart.get("segments"), "Segments", most=6):
        return
    for index, segment in enumerate(chart["segments"]):
        where = f"{at}/segments/{index}"
        one = segment if isinstance(segment, dict) else {}
        look.length(f"{where}/label", one.get("label"), "A segment's label", most=20)
        if not _is_number(one.get("value")) or one["value"] <= 0:
            look.add(f"{where}/value", "A segment's value must be a number above 0.")


def _series_chart(look: Inspection, at: str, chart: Block) -> None:
    axis = chart.get("axis_config")
    if not isinstance(axis, dict):
        look.add(f"{at}/axis_config", "A chart of series needs an axis_config.")
        return
    for key in ("x_label", "y_label"):
        look.optional_length(f"{at}/axis_config", axis, key, f"An axis's {key}", most=50)
    categories = axis.get("categories")
    if look.count(f"{at}/axis_config/categories", categories, "Categories", most=20):
        for index, category in enumerate(axis["categories"]):
            look.length(f"{at}/axis_config/categories/{index}", category, "A category", most=20)
    if look.count(f"{at}/series", chart.get("series"), "Series", most=6):
        _series(look, f"{at}/series", chart["series"], items(categories))


def _series(look: Inspection, at: str, series: list[Any], categories: list[Any]) -> None:
    names: list[object] = []
    for index, value in enumerate(series):
        one = value if isinstance(value, dict) else {}
        look.length(f"{at}/{index}/name", one.get("name"), "A series' name", most=20)
        if one.get("name") in names:
            look.add(f"{at}/{index}/name", f"Two series are called {one.get('name')!r}.")
        names.append(one.get("name"))
        points = [point for point in items(one.get("data")) if isinstance(point, dict)]
        if [point.get("label") for point in points] != categories:
            look.add(
                f"{at}/{index}/data", "A series needs exactly one point for each category, in their order."
            )
        if not all(_is_number(point.get("value")) for point in points):
            look.add(f"{at}/{index}/data", "A point's value must be a number.")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
