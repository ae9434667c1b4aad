"""Pages of courses, one blueprint a file: access, form, service, redirect."""
