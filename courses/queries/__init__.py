"""Reads of courses: content and progress (learning), seminars, visits and deliveries (fieldwork). Write nothing."""
