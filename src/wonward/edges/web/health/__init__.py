"""What failed behind the pages, and the button that tries again."""
