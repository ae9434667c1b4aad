"""A course folder's files as frozen values, or every problem in them at once. Reads no files itself."""
