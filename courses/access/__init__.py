"""The only way a view of courses gets a row; 404 and 403 are decided here and nowhere else."""
