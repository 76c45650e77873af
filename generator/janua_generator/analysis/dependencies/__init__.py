"""
Which tables a statement reads and writes, closed over what the server does behind it.

From a statement (``statements``) the first steps lead to relations and functions; from these
(``relations``, ``functions``) further ones, through views, policies, rules, triggers, foreign keys,
partitions and bodies; ``closure`` takes all of them.
"""
