"""A process that works and says what it has done, until ``kill -9`` ends it somewhere in between."""

import random
import time
from collections.abc import Callable
from multiprocessing import get_context
from typing import Any

PROCESSES = get_context("forkserver")
PROCESSES.set_forkserver_preload(["store", "factories", "bot.app", "bot.sandbox.samples"])

LONGEST_EXTRA_S = 0.004


def said_before_the_kill(
    work: Callable[..., None], *arguments: Any, chance: random.Random, most: int = 12
) -> list[Any]:
    """Run ``work(*arguments, say)`` in a child, kill it, and give all that it sent through ``say``.

    The kill falls after 1 to ``most`` messages and up to 4 ms more, to be anywhere in the next deed.
    """
    here, there = PROCESSES.Pipe(duplex=False)
    child = PROCESSES.Process(target=work, args=(*arguments, there))
    child.start()
    there.close()
    said = [here.recv() for _ in range(chance.randint(1, most))]
    time.sleep(chance.random() * LONGEST_EXTRA_S)
    child.kill()
    child.join()
    while here.poll():
        try:
            said.append(here.recv())
        except EOFError:
            break
    here.close()
    return said
