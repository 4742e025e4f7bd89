"""What is believed of changes before any figure is seen: most are none, few are large."""

from pydantic import Field

from engine.models.value import Value


class ChangePrior(Value):
    """A mixture of normals around 0 for the true log change of a KPI (Stephens 2017).

    ``widths`` are standard deviations of the log change; 0 is "unchanged". ``weights`` add up to 1.
    ``windows`` is how many remembered windows taught them; 0: these are the assumed ones.
    """

    widths: tuple[float, ...] = Field(default=(0.0, 0.1, 0.2, 0.8), strict=False)
    weights: tuple[float, ...] = Field(default=(0.25, 0.1, 0.6, 0.05), strict=False)
    windows: int = 0
