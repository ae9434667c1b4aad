"""Evidence in, certificates out: decides, issues, renews, reminds, keeps the register. May ask the floors below."""
