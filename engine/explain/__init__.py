"""What repeats: levels against the rest, wasted money, trends, groups, tags, similar campaigns.

What is near in meaning: ``vocabulary.py`` (words), ``embedder.py`` (vectors), ``summary.py`` (texts).
"""
