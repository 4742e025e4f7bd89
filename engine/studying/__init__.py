"""Studies: for each kind of question over campaigns and days, what is collected and thought. Reads only."""
