"""Makes the site: lessons into pages for Doxygen, and Doxygen's pages into ours."""
