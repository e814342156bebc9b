"""The catalogue of codes as a static site: a page for each code and family, a primer, a search in the browser; no server.

    pages.py        the catalogue -> what each page says, as values
    related.py      what stands beside a code: its family's other codes, look-alikes, the same number in other wrappers
    labels.py       the site's own words, in both languages
    primer.py       primer.json: how to read the codes of CMPP, SGIP and SMGP
    search_data.py  the search's index for the browser, which static/search.js reads
    render.py       the pages -> files, by Jinja templates
    writer.py       the files -> a folder

The templates and what else the browser loads are in templates/ and static/. All but the writer is pure. Outside, the commands
`codes site` and `codes package` alone import it, and only the first of them loads Jinja.
The addresses of the pages are in `bot/codes/page_address.py`, which Slack's answers link to.
"""
