"""What every page stands on: templates, access, languages, formats, charts and the catalogue of problems."""
