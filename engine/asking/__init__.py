"""Questions in everyday words: read into a typed value, answered from what is stored. Pure.

A question is answered only when every word of it was understood; otherwise the answer is "I don't know".
"""
