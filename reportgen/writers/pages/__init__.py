"""The page that HTML and PDF share: templates, typefaces, drawings, what it says of itself."""
