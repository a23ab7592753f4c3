"""What annotation files say, read and written without a database: one file for each format.

`rows` is what every format reads to and writes from, `format` what a format is, `text` and
`numbers` how all decode, `registry` the list. Families live in folders: `tables` (a tag a line),
`tiers` (layers on a time line), `captions` (timed text), `documents` (JSON and XML).
"""
