"""The bot in a process of its own, on a clock that whoever started it moves.

Each line on standard input is seconds to move the clock forward, the first one how far it was moved
already; the end of input stops the bot in order. Otherwise it is `marko run`.
"""

import os
import sys

from bot.app import Marko
from bot.sandbox.clock import MovableClock
from bot.settings import read_settings


def main() -> None:
    clock = MovableClock()
    clock.restore(float(sys.stdin.readline()))
    marko = Marko(read_settings(os.environ), clock=clock)
    clock.listen(marko.scheduler.wake)
    marko.start()
    for line in sys.stdin:
        clock.move(seconds=float(line))
    marko.stop()


if __name__ == "__main__":
    main()
