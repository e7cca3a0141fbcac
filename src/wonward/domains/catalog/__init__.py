"""What we sell and the templates it is delivered by."""
