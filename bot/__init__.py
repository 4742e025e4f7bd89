"""Slack, the shell and the sandbox: payloads in, blocks out. Everything meets in ``bot/app.py``."""
