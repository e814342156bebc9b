"""The catalogue of codes as a static site: a page for each code and family, a primer, a search in the browser; no server.

    pages.py        the catalogue -> what each page says, as values
    related.py      what stands beside a code: its family's other codes, look-alikes, the same number in other wrappers
    labels.py       the site's own words, in both languages
    primer.py       primer.json: how to read the codes of CMPP, SGIP and SMGP
    search_data.py  the search's index for the browser; templates, site.js and site.css are beside it
    render.py       the pages -> files, by Jinja templates
    writer.py       the files -> a folder

All but the writer is pure. Nothing outside imports it but the command `smsstatus codes site`, so that nothing else loads Jinja.
The addresses of the pages are in `bot/codes/page_address.py`, which Slack's answers link to.
"""
