"""The words that everybody shares. Frozen values; no behaviour beyond what a value knows of itself."""
