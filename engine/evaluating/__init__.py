"""Cases with known truth: each task's folder is read, answered by what the product uses, and scored."""
