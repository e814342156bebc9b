"""An MCP server: agents look up, explain, count and check as people do, and change nothing.

https://modelcontextprotocol.io/specification/2026-07-28

protocol     JSON-RPC messages in, answers out: of the revision without a handshake, and of those before it
arguments    what each tool takes, as a schema that agents read and as words of the grammar
tools        the four tools: what they ask, and what an agent is given: a sentence, and the report as JSON
outside      what a vendor wrote, quoted as data
stdio        messages as lines of standard input and output
http         messages as bodies of HTTP requests
"""
