"""What repeats: levels against the rest, wasted money, trends, groups, tags, similar campaigns."""
