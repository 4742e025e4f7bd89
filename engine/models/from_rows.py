"""What a window that was built from rows says beside its figures: where they are from, and what they lack."""

from typing import Literal

from pydantic import Field

from engine.models.campaign import CampaignPerformanceInput, Day, Metrics, Moment
from engine.models.export import Number
from engine.models.mix_shift import MixShift
from engine.models.quality import Drift, QualityFault
from engine.models.scatter import Aged, Maturity, Scatter, Usual
from engine.models.value import Value


class Earlier(Value):
    """The same campaign's window before, of the same length, on the same days of the week."""

    first_day: Day
    last_day: Day
    actual: Metrics


class LeftOut(Value):
    """Rows that lack a number, out of all of the window: ratios leave them out, sums do not hold them."""

    number: Number
    rows: int
    out_of: int


class Disagreement(Value):
    """A number of which the rows say something else than the retrospective of the same window."""

    number: Literal["impressions", "clicks", "conversions", "spend", "revenue"]
    rows: float
    handed_in: float


class FromRows(Value):
    """The basis of a window that was built from rows.

    ``imports`` and ``files`` brought its days, read last at ``read_at``. ``wanted`` is how many days were
    asked for, where the rows begin later. ``newest`` is the newest day that the account has. ``before``
    stands in for a forecast. ``faults`` cost quality, whenever they are looked at. ``drifts`` are the
    market's. ``forecast`` was entered by a person for these days; ``handed`` is the retrospective that
    somebody handed in for exactly these days. ``scatters`` say how much its days scatter, ``usual`` what
    others' do; ``aged`` are days that were read twice, ``maturity`` what that says of this window.
    ``mix`` is what of the change since ``before`` came from where its volume went, beyond chance.
    """

    imports: tuple[str, ...]
    files: tuple[str, ...]
    read_at: Moment | None
    by_day: bool
    wanted: int | None = None
    newest: Day | None = None
    before: Earlier | None = None
    left_out: tuple[LeftOut, ...] = ()
    faults: tuple[QualityFault, ...] = ()
    drifts: tuple[Drift, ...] = ()
    forecast: Metrics | None = None
    handed: CampaignPerformanceInput | None = None
    disagreements: tuple[Disagreement, ...] = ()
    scatters: tuple[Scatter, ...] = Field(default=(), exclude_if=lambda found: not found)
    usual: tuple[Usual, ...] = Field(default=(), exclude_if=lambda found: not found)
    aged: tuple[Aged, ...] = Field(default=(), exclude_if=lambda found: not found)
    maturity: Maturity | None = Field(default=None, exclude_if=lambda found: found is None)
    mix: MixShift | None = Field(default=None, exclude_if=lambda found: found is None)
