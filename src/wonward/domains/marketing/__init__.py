"""Campaigns, what they cost, and whom they touched."""
