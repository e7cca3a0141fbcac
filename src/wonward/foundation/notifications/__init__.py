"""What people are told: an inbox grouped per record, reminders, and mail as often as each person wants it."""
