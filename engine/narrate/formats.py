"""How figures look: separators, decimals, signs, ranges, days. One rule for every screen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Literal

from engine.models.comparison import Interval, Kpi
from engine.models.currency import decimals

MINUS = "−"
SPACE = "\u00a0"  # a no-break space: a figure and its unit stay on one line
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WIDE = Context(prec=400)  # the default of 28 digits refuses what a float may hold
Separators = Literal["1,234.50", "1.234,50", "1 234,50"]
_MARKS = {"1,234.50": (",", "."), "1.234,50": (".", ","), "1 234,50": (SPACE, ",")}


@dataclass(frozen=True, slots=True)
class Formats:
    """Figures as this team writes them. ``year`` is the year that need not be said."""

    separators: Separators = "1,234.50"
    year: int | None = None

    def number(self, value: float | Decimal, places: int = 0) -> str:
        """Round half away from zero, group thousands, and write the minus sign as such."""
        exact = value if isinstance(value, Decimal) else Decimal(repr(value))
        rounded = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, WIDE)
        thousands, point = _MARKS[self.separators]
        text = f"{abs(rounded):,.{places}f}".replace(",", "\0").replace(".", point).replace("\0", thousands)
        return MINUS + text if rounded < 0 else text

    def percent(self, value: float, places: int = 0) -> str:
        """Write a percentage; ``value`` is in percent already."""
        return f"{self.number(value, places)}{SPACE}%"

    def change(self, percent: float) -> str:
        """Write a signed change: whole from 10 %, one decimal below."""
        places = 0 if abs(percent) >= 9.95 else 1
        text = self.percent(percent, places)
        return text if text.startswith(MINUS) else f"+{text}"

    def change_range(self, interval: Interval) -> str:
        """Write "−6 % to −31 %": nearest zero first; across zero, negative first."""
        low, high = interval.low or 0.0, interval.high or 0.0
        near, far = (low, high) if low < 0 <= high or low >= 0 else (high, low)
        ends = (self.percent(each) for each in (near, far))
        return " to ".join(each if each.startswith(MINUS) else f"+{each}" for each in ends)

    def money(self, value: float | Decimal, currency: str | None, *, code: bool = True) -> str:
        """Write a price, bid or budget with the currency's decimals; without a currency, no sign."""
        text = self.number(value, decimals(currency))
        return f"{text}{SPACE}{currency}" if currency and code else text

    def total(self, value: float | Decimal, currency: str | None) -> str:
        """Write a sum of money in whole units."""
        text = self.number(value)
        return f"{text}{SPACE}{currency}" if currency else text

    def kpi(self, name: Kpi, value: float, currency: str | None, *, code: bool = True) -> str:
        """Write a KPI: rates as percentages, ROAS as a plain ratio, costs as money."""
        if name in {"ctr", "cvr"}:
            return self.percent(value * 100, 2)
        if name == "roas":
            return self.number(value, 2)
        return self.money(value, currency, code=code)

    def count(self, value: float | Decimal, one: str, many: str | None = None) -> str:
        """Write "1 conversion", "390 conversions", "3.5 conversions"."""
        whole = Decimal(str(value)) == Decimal(str(value)).to_integral_value()
        noun = one if value == 1 else many or f"{one}s"
        return f"{self.number(value, 0 if whole else 1)}{SPACE}{noun}"

    def day(self, day: date) -> str:
        text = f"{day.day}{SPACE}{MONTHS[day.month - 1]}"
        return text if self.year in {None, day.year} else f"{text}{SPACE}{day.year}"

    def days(self, first: date | None, last: date) -> str:
        """Write "2–29 Mar", "28 Feb–29 Mar", or "up to 29 Mar" where the start is not known.

        A year that both days have is said once: "4 Feb–3 Mar 2025".
        """
        if first is None:
            return f"up to {self.day(last)}"
        if first == last:
            return self.day(last)
        if (first.year, first.month) == (last.year, last.month):
            return f"{first.day}–{self.day(last)}"
        begin = f"{first.day}{SPACE}{MONTHS[first.month - 1]}" if first.year == last.year else self.day(first)
        return f"{begin}–{self.day(last)}"


def listed(parts: Sequence[str]) -> str:
    """Join names as people do: "a", "a and b", "a, b and c"."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"
