"""`wonward bench`: the figures of the product, each with its floor measured in the same run."""
