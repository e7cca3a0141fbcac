"""What people keep of lists: saved views, their columns and their pins."""
