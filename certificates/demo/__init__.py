"""A small Norway to try the platform on: invented people, their history made with the real services."""
