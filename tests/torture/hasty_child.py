"""The bot of ``child.py`` with short leases: a test cannot wait three quarters of a minute at each kill."""

import bot.publisher
from store import leases
from torture.child import main

if __name__ == "__main__":
    leases.LEASE_S = 3.0
    bot.publisher.SEND_S = 2.0
    main()
