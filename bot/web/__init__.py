"""HTTP in the bot's own process: Slack's signed requests, the JSON API, and health.

FastAPI is imported here alone, and this room only where a port is served.
"""
