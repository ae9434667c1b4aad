"""Verbs that change things in courses: learning and fieldwork. They never commit and read no clock."""
