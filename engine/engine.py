"""The one door: a method for each thing a person, or the clock, can ask of Marko."""

from engine.analyses import Analyses
from engine.cards import Cards
from engine.digests import Digests
from engine.headway import Headways
from engine.knowledge import Knowledge
from engine.voting import Voting


class Engine(Analyses, Cards, Digests, Headways, Knowledge, Voting):
    """Everything Marko can be asked, each part in a file of its own:

    what is handed in and analysed (``analyses``), what is decided on a card (``cards``), what the team
    reads on Monday (``digests``), and what is known (``knowledge``).
    """
