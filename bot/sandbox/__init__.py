"""A local Slack on 127.0.0.1: a page for people, a Web API and Socket Mode for the bot.

The bot connects to it as it would to Slack and never learns the difference; this room in turn knows
nothing of the bot's insides. It uses Starlette, uvicorn, standardwebhooks and the standard library, and
no other room.
"""
