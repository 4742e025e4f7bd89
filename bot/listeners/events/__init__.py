"""What happens in Slack without anybody calling us by a command: mentions, files, joins, the Home tab."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.desk import Desk
from engine.models.delivery import Delivery

EVENTS: Mapping[str, Callable[[Delivery, Desk], None]] = {}

# Whether an event is worth taking: the key by which it acts once, "" for its own event_id, or None where
# it is not for us. Asked before the acknowledgement, so it only looks at the event itself.
WORTH: Mapping[str, Callable[[dict[str, Any]], str | None]] = {}
