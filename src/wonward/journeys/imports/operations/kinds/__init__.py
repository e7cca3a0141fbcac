"""One module per kind of import: how its rows meet what is there, and which verbs of the owners they become."""
