"""Version 1 of the REST interface: the same operations as the screens."""
