"""What happens in Slack without anybody calling us by a command: mentions, files, joins, the Home tab."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.desk import Desk
from bot.listeners.events.file import file_shared, worth_file
from bot.listeners.events.home import home_opened, worth_home
from bot.listeners.events.joined import joined_channel, worth_joining
from bot.listeners.events.question import question, worth_mention, worth_message
from engine.models.delivery import Delivery

EVENTS: Mapping[str, Callable[[Delivery, Desk], None]] = {
    "app_home_opened": home_opened,
    "app_mention": question,
    "file_shared": file_shared,
    "member_joined_channel": joined_channel,
    "message": question,
}

# Whether an event is worth taking: the key by which it acts once, "" for its own event_id, or None where
# it is not for us. Asked before the acknowledgement, so it only looks at the event itself.
WORTH: Mapping[str, Callable[[dict[str, Any]], str | None]] = {
    "app_home_opened": worth_home,
    "app_mention": worth_mention,
    "file_shared": worth_file,
    "member_joined_channel": worth_joining,
    "message": worth_message,
}
