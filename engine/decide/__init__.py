"""From what was found to one typed action: what to do, what to expect, what it may cost."""
