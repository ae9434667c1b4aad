"""Nightly steps of courses, a file a subject: one item one transaction, ending in numbers."""
