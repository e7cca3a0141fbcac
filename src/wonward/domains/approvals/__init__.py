"""Who said yes to what: versions put forward, the people asked in steps, what they answered and who saw it."""
