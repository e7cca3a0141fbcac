"""The screens of capacity: planner, outlook, bookings, time off."""
