"""The two commands of the gateway: `lineage-gateway` (`server`) runs and checks one, `lineage` asks one.

Conventions: data on stdout, everything else on stderr; exit code 0 done, 1 failed, 2 wrong usage or settings, 3 partial
(an agent did not answer), 4 refused for want of a key, 130 interrupted. An error says what, where and what to do next;
`--debug` shows the traceback as well.
"""
