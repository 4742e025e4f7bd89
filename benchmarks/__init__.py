"""How fast Marko is, beside a peer measured in the same run; ``python -m benchmarks`` prints the table.

One module for each kind of work, each with ``rows(full=…)``. Machines differ and are shared, so what
counts is the ratio of medians of interleaved runs; a missed goal is marked and never an error.
"""
