"""The communication log: calls, e-mails, chats, meetings and notes."""
