"""Numbers out of totals: KPIs, intervals, forecast against actual, the split of a change, scores."""
