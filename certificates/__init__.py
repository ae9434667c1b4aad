"""Evidence in, certificates out: decides, issues, renews, reminds, shows the register. May ask `courses`, `quizzes`, `lms`."""
