"""The one door: a method for each thing a person, or the clock, can ask of Marko."""

from engine.access import Access
from engine.analyses import Analyses
from engine.auditing import Auditing
from engine.calendars import Calendars
from engine.cards import Cards
from engine.carrying import Carrying
from engine.choices import Choices
from engine.deciding import Deciding
from engine.digests import Digests
from engine.export_analyses import ExportAnalyses
from engine.exports import Exports
from engine.headway import Headways
from engine.hooks import Hooks
from engine.imports import Imports
from engine.knowledge import Knowledge
from engine.known_data import KnownData
from engine.learnings import LearnedThings
from engine.overview import Overviews
from engine.postings import Postings
from engine.preferences import Preferring
from engine.questions import Questions
from engine.spellings import AlikeNames
from engine.spending import Spending
from engine.studies import Studies
from engine.timekeeping import Timekeeping
from engine.voting import Voting


class Engine(
    Hooks,
    AlikeNames,
    ExportAnalyses,
    Exports,
    Imports,
    Overviews,
    Postings,
    Questions,
    Auditing,
    Access,
    Analyses,
    Calendars,
    Cards,
    Carrying,
    Choices,
    Deciding,
    Digests,
    Headways,
    Knowledge,
    KnownData,
    LearnedThings,
    Preferring,
    Spending,
    Studies,
    Timekeeping,
    Voting,
):
    """Everything Marko can be asked, each part in a file of its own:

    who takes part in what (``access``), who did what (``auditing``), what is handed in and analyzed
    (``imports``, ``exports``, ``analyses``, and ``choices`` to choose from), what is decided on a card
    (``deciding``), stands under it (``cards``), and came of carrying it out (``carrying``), what runs out
    and comes back (``timekeeping``), what the team reads on Monday (``digests``), what is known
    (``knowledge``, and of exports ``known_data``), what was learned (``learnings``), what is set
    (``preferences``), what one person finds on Home (``overview``), what is asked in words (``answering``,
    ``questions``), what got stuck on its way (``postings``), what programs deliver (``hooks``), and what is
    found over campaigns and days (``studies``).
    """
