"""Files and payloads become values here, or are refused with every fault named at once."""
