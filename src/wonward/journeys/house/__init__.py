"""The house as a whole: everything out and in again, the sample company away."""
