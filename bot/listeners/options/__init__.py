"""What a search select offers for what was typed so far; read within the acknowledgement."""

from collections.abc import Callable, Mapping
from typing import Any

from engine.engine import Engine

OPTIONS: Mapping[str, Callable[[str, Engine], list[dict[str, Any]]]] = {}
