"""Work in the background of courses: one item one transaction, safe to repeat and to kill, ending in numbers."""
