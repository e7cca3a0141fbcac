"""The pages above both sides: company, deal and project, composed."""
