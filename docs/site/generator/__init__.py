"""Makes the site: turns lessons into pages for Doxygen, and finishes the pages that it makes."""
