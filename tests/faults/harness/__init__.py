"""The fault harness: it kills, cuts the power and races, then asks what was lost, doubled, half made or locked.

`python -m tests.faults.harness --help` names its parts; `make prove` runs them all.
"""
