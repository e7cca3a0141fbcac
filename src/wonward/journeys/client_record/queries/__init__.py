"""The pages above both sides, composed from what each side shows this viewer."""
