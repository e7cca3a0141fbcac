"""Who works: people, roles, calendars and bookings."""
