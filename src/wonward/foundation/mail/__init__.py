"""Outgoing mail, written in the transaction of its cause and sent afterwards by a job; and the reading of mail that arrived."""
