"""Pictures in the pages of a site: what a page asks for, made once and kept, drawn as often as needed."""
