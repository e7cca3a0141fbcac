"""The switchboard: settings, URLs and wiring. Imports anything; nothing imports it; holds no logic."""
