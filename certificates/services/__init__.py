"""The verbs: issuing, the decisions of trainers and coordinators, reminding. They never commit and read no clock."""
