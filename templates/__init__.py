"""The pages of the site, as Jinja templates; a package so that a wheel carries them."""
