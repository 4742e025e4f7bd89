"""What the next days bring: small models of one daily series, tried on its own past, with honest ranges."""
