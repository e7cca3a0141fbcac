"""The one way out to other systems: an address is looked up, checked, and that very address is connected to."""
