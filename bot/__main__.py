"""``python -m bot`` is the ``marko`` command."""

import sys

from bot.cli import main

sys.exit(main())
