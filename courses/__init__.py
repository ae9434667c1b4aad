"""Content, publishing, enrolment, progress, seminars, visits and deliveries. May ask `quizzes` and `lms`."""
