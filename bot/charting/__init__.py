"""Values → PNG: calm pictures for a phone, on a light ground that also sits well in a dark theme.

Nothing is told by colour alone: what is drawn has its name, sign and figure beside it. The same values give
the same bytes: fonts that come with matplotlib, nobody's settings, no date and no software in the file.
Matplotlib takes about a second to import, so pictures are drawn in the studio's process alone.
"""
