"""Questions, attempts and scores. Imports `lms` only; does not know what a course is."""
