"""What is kept of people, told as a whole: which kinds there are, how much of each, and the removal of one number.

kinds       every table and every store in memory: what is in it, for how long, how numbers in it are kept
counting    how many rows there are now, and since when
traces      what is kept of one number: found by its keyed hashes, and in what is sealed
forgetting  removes that, in one transaction that the audit shows
memory      what a running process remembers is dropped when that has happened, in whichever process
"""
