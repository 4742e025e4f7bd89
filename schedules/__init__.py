"""Time is another listener: it knocks on the engine's door as a slash command does.

APScheduler only ticks. What is due, and whether it was done already, the engine and the memory know.
"""
