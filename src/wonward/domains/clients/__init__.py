"""Companies, contacts and the part a contact plays."""
