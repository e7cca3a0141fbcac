"""Pure decisions of an import: reading a file, finding its columns, understanding its values."""
