"""What a unit reads on its share afterwards: what is missing, why, how to mend it, what it is worth."""
