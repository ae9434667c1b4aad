"""What the codes of this feature say to a person, a file a subject (msgids in bokmål)."""
