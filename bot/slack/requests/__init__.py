"""How one request of Slack is handled, step by step.

slack_request.py    parses Slack's payload: who asks, where, from which surface, and the request's idempotency keys
context.py          RequestContext: what is passed on from the middleware to the audit
exactly_once.py     RequestInbox: exactly one answer, across retries, restarts and replicas
reservations.py     what must happen once, however many requests ask for it
inbox_tables.py     their tables
inbox_rows.py       what one transaction does to them
inbox_database.py   their way to the database, which nobody waits for longer than a second
own_requests.py     what this process itself works on and knows
unwritten.py        what the database could not be told yet
runner.py           RequestRunner: the one place that starts work; claims, answers, counts, audits
audit.py            writes what a request did into the audit
task_supervisor.py  the running tasks, which shutdown waits for
"""
