"""Words to people: what is worth telling, to whom, through which channel, and what was told before."""
