"""The store: what Marko remembers, in one SQLite file or a PostgreSQL database. It knows the engine's words.

``open_store`` gives memory, inbox and outbox; ``Guard`` keeps a second bot away. Documents live in
``documents.py``, what is on its way in ``deliveries.py``, who did what in ``ledger.py``, the tables in
``schema.py``, who holds what among several bots in ``leases.py``. What both databases share is in
``database.py``, what only one of them knows in ``sqlite.py`` and ``postgres.py``.
"""

from store.guard import Guard
from store.memory import Memory, Reading, Store, Unit, open_store

__all__ = ["Guard", "Memory", "Reading", "Store", "Unit", "open_store"]
