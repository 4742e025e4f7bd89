"""Values become Block Kit here. No I/O; ``limits.py`` is the one place that trims and checks."""
