"""Forms of courses: they hand over domain types and never touch the database."""
