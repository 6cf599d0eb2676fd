"""A pretend municipal web on loopback: a site for every CMS family and for every trap."""
