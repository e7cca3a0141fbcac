"""Tells open browsers and programs that something they may see has changed; never what."""
