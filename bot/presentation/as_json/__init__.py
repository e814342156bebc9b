"""What programs read: reports and explanations as JSON objects. Keys and values are never translated, numbers are masked.

report       a lookup, and the providers
mix          its failure mix
statistics   everybody's messages
check        a signature or a template
codes        a question to the code catalogue
"""
