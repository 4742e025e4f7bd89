"""Marko's judgement: values in, values out. Knows no Slack, no database, no clock, no web.

Stages, in one direction: intake → measure → explain → decide → learn, with narrate for the words.
``engine.engine.Engine`` is the one door; what it needs from outside are the protocols of ``ports``.
"""
