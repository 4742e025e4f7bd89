"""Words: number formats, the sentences people read, and the deterministic narrator."""
