"""The store: what Marko remembers, in one SQLite file. It knows the engine's words and no more.

``open_store`` gives memory, inbox and outbox; ``Guard`` keeps a second bot away. Documents live in
``documents.py``, what is on its way in ``deliveries.py``, who did what in ``ledger.py``, the tables in
``schema.py``, and everything that only SQLite knows in ``database.py``.
"""

from store.guard import Guard
from store.memory import Memory, Reading, Store, Unit, open_store

__all__ = ["Guard", "Memory", "Reading", "Store", "Unit", "open_store"]
