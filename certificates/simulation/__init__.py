"""Random lives through the real services, day by day, checked by an oracle of its own: `lms simulate` (README.md).

`weather` and `life` are dice, `facts` writes what is not certification, `acts` calls the services, `days` runs the days
and nights, `oracle` knows the rules a second time, `checks` compares, `report` counts, `shards` runs it on every core.
"""
