"""Forms of the certificates: they hand over domain types and never touch the database."""
