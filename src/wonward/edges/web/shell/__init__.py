"""What every page of the office shares: identity, layout, components, refusals."""
